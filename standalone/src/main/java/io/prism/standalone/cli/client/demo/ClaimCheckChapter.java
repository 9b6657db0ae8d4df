package io.prism.standalone.cli.client.demo;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.demo.S3View.StoredObject;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** Large payloads go to object storage, the log carries a claim, subscribers see neither. */
final class ClaimCheckChapter implements Chapter {
    private static final long LARGE = 10_000_000;
    private static final long MEDIUM = 2_000_000;
    private static final int RECORD_LIMIT = 1000;
    private static final String TOPIC = "uploads";
    private static final String KEY = "film-1";
    private static final String HELLO = "hello, small message";
    private static final String AFTERWARDS = "and life goes on";

    @Override
    public String name() {
        return "claim-check";
    }

    @Override
    public String title() {
        return "10 MB pass through Kafka without being in Kafka";
    }

    @Override
    public void tell(Stage stage) throws StatusException, IOException, InterruptedException {
        String namespace = stage.namespaceName(this);
        try (KafkaView kafka = stage.kafka();
                S3View s3 = stage.s3()) {
            declare(stage, namespace);
            publishSmall(stage, kafka, namespace);
            String digest = publishLarge(stage, kafka, s3, namespace);
            receive(stage, namespace, digest);
            survive(stage, kafka, s3, namespace);
            tidyUp(stage, s3, namespace);
        }
    }

    private static void declare(Stage stage, String namespace) throws StatusException {
        Narrator narrator = stage.narrator();
        String document =
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns:
                      - type: claim-check
                        threshold: 1MB
                        storage: s3
                        bucket: %s
                    backend:
                      type: kafka
                """
                        .formatted(namespace, namespace);
        narrator.step("A namespace says how; the application never has to know");
        narrator.show(document);
        stage.onClose(
                () -> {
                    try (S3View last = stage.s3()) {
                        last.deleteBucket(namespace);
                    }
                });
        stage.create(document);
        narrator.say("Prism made of it:");
        narrator.show(stage.explain(namespace));
    }

    private static void publishSmall(Stage stage, KafkaView kafka, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A small message stays in its record");
        PublishResponse answer = publish(stage, namespace, HELLO);
        KafkaView.PlainRecord record = record(kafka, namespace, answer);
        narrator.say("What a plain Kafka consumer sees:");
        narrator.show(record.describe());
        narrator.check(
                "the record's value is the payload",
                record.value().equals(ByteString.copyFromUtf8(HELLO)));
    }

    private static String publishLarge(Stage stage, KafkaView kafka, S3View s3, String namespace)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Ten million bytes go to object storage; the record carries a claim");
        Digesting payload = new Digesting(new GeneratedPayload(LARGE, 14));
        long start = System.nanoTime();
        PublishResponse answer = Publishing.chunked(stage, namespace, header(), payload);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        narrator.say("Published in " + Units.human(took) + ", in chunks, as it was read.");
        KafkaView.PlainRecord record = record(kafka, namespace, answer);
        narrator.show(record.describe());
        String key = record.headers().getOrDefault("claim_check_key", "");
        Optional<StoredObject> object =
                s3.list(namespace).stream().filter(one -> one.key().equals(key)).findFirst();
        narrator.say("What a plain S3 client sees in bucket " + namespace + ":");
        object.ifPresent(one -> narrator.show(one.key() + "  " + Units.humanBytes(one.size())));
        narrator.check("the record is smaller than 1 KB", record.bytes() < RECORD_LIMIT);
        narrator.check(
                "the object is there, with all " + LARGE + " bytes",
                object.map(StoredObject::size).orElse(0L) == LARGE);
        narrator.check(
                "the claim names the payload's SHA-256",
                payload.sha256().equals(record.headers().get("claim_check_sha256")));
        return payload.sha256();
    }

    private static void receive(Stage stage, String namespace, String digest)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A subscriber receives both alike");
        try (Subscriber events = subscribe(stage, namespace, 0)) {
            Event small = events.next("the small message");
            narrator.check("the small one arrives as it was sent", textOf(small).equals(HELLO));
            Event large = events.next("the large message");
            narrator.say(
                    "The large one brings " + Units.humanBytes(large.getPayload().size()) + ".");
            narrator.check(
                    "it arrives whole: SHA-256 " + digest.substring(0, 16) + "…",
                    Digesting.sha256(large.getPayload()).equals(digest));
        }
    }

    private static void survive(Stage stage, KafkaView kafka, S3View s3, String namespace)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A damaged object is a typed error, never a wrong payload");
        Digesting payload = new Digesting(new GeneratedPayload(MEDIUM, 7));
        PublishResponse answer = Publishing.chunked(stage, namespace, header(), payload);
        KafkaView.PlainRecord record = record(kafka, namespace, answer);
        s3.corrupt(namespace, record.headers().getOrDefault("claim_check_key", ""));
        narrator.say("Two more megabytes are published, and one byte changed in the bucket.");
        publish(stage, namespace, AFTERWARDS);
        try (Subscriber events = subscribe(stage, namespace, answer.getOffset())) {
            Event damaged = events.next("the damaged message");
            ServerError error = ServerError.of(damaged.getError());
            narrator.say("A subscriber that begins there is told:");
            narrator.show(ErrorText.brief(error));
            boolean told = error.reason().equals("CLAIM_CORRUPT");
            narrator.check(
                    "the error is CLAIM_CORRUPT, and no payload comes with it",
                    told && damaged.getPayload().isEmpty());
            Event after = events.next("the message after it");
            narrator.check("the subscription goes on", textOf(after).equals(AFTERWARDS));
        }
    }

    private static void tidyUp(Stage stage, S3View s3, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Deleting the namespace with its data leaves nothing behind");
        if (stage.keep()) {
            narrator.say("Kept, as asked: namespace, topic and bucket " + namespace);
            return;
        }
        stage.undoLast();
        narrator.check("no object is left in the bucket", s3.list(namespace).isEmpty());
    }

    private static PublishResponse publish(Stage stage, String namespace, String text)
            throws StatusException {
        PublishRequest request =
                header().toBuilder().setPayload(ByteString.copyFromUtf8(text)).build();
        return stage.pubSub(namespace)
                .withDeadlineAfter(ServerOptions.callTimeout())
                .publish(request);
    }

    /** One key for all, so that they share a partition and keep their order. */
    private static PublishRequest header() {
        return PublishRequest.newBuilder().setTopic(TOPIC).setKey(KEY).build();
    }

    private static KafkaView.PlainRecord record(
            KafkaView kafka, String namespace, PublishResponse answer) throws InterruptedException {
        return kafka.read(namespace + "." + TOPIC, answer.getPartition(), answer.getOffset());
    }

    private static Subscriber subscribe(Stage stage, String namespace, long offset) {
        SubscribeRequest request =
                SubscribeRequest.newBuilder()
                        .setTopic(TOPIC)
                        .setStart(StartPosition.newBuilder().setOffset(offset))
                        .build();
        return new Subscriber(stage.pubSub(namespace), request);
    }

    private static String textOf(Event event) {
        return event.getPayload().toStringUtf8();
    }
}
