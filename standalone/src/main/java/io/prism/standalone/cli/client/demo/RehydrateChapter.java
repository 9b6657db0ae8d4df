package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Plain Kafka consumers read whole payloads from a topic made for them. */
final class RehydrateChapter implements Chapter {
    private static final long FITS = 3_000_000;
    private static final long TOO_LARGE = 6_000_000;
    private static final int RECORD_LIMIT = 1000;
    private static final int HTTP_OK = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String TOPIC = "films";
    private static final String URL = "prism-payload-url";
    private static final String CLAIM = "claim_check_id";

    @Override
    public String name() {
        return "rehydrate";
    }

    @Override
    public String title() {
        return "a plain Kafka consumer reads what is not in Kafka";
    }

    @Override
    public void tell(Stage stage) throws StatusException, IOException, InterruptedException {
        String namespace = stage.namespaceName(this);
        try (KafkaView kafka = stage.kafka()) {
            declare(stage, namespace);
            KafkaView.PlainRecord first = readWhole(stage, kafka, namespace);
            fetch(stage, kafka, namespace, first.offset() + 1);
            TidyUp.topics(stage, kafka, namespace);
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
                        bucket: %s
                        rehydrate:
                          max_size: 4MB
                    backend:
                      type: kafka
                      partitions: 1
                """
                        .formatted(namespace, namespace);
        narrator.step("Claims in the log, and a second topic with the payloads in their place");
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

    private static KafkaView.PlainRecord readWhole(Stage stage, KafkaView kafka, String namespace)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Three million bytes are published through gRPC");
        Digesting payload = new Digesting(new GeneratedPayload(FITS, 21));
        KafkaView.PlainRecord source = publish(stage, kafka, namespace, payload);
        narrator.say("What a plain Kafka consumer sees in the topic itself:");
        narrator.show(source.describe());
        narrator.check(
                "it is a claim, smaller than 1 KB",
                source.bytes() < RECORD_LIMIT && source.headers().containsKey(CLAIM));
        long start = System.nanoTime();
        KafkaView.PlainRecord whole = kafka.read(derived(namespace), 0, 0);
        narrator.say(
                "And in "
                        + derived(namespace)
                        + ", "
                        + Units.human(Duration.ofNanos(System.nanoTime() - start))
                        + " later:");
        narrator.show(whole.describe());
        narrator.check(
                "it is the same message",
                source.headers()
                        .getOrDefault("prism-id", "")
                        .equals(whole.headers().get("prism-id")));
        narrator.check(
                "its value is the payload: SHA-256 " + payload.sha256().substring(0, 16) + "…",
                Digesting.sha256(whole.value()).equals(payload.sha256()));
        narrator.check("it is no claim any more", !whole.headers().containsKey(CLAIM));
        return whole;
    }

    private static void fetch(Stage stage, KafkaView kafka, String namespace, long from)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Six million bytes are more than the namespace wants in a record");
        Digesting payload = new Digesting(new GeneratedPayload(TOO_LARGE, 22));
        publish(stage, kafka, namespace, payload);
        KafkaView.PlainRecord record = kafka.read(derived(namespace), 0, from);
        narrator.say("What a plain Kafka consumer sees:");
        narrator.show(record.describe());
        String url = record.headers().getOrDefault(URL, "");
        narrator.check(
                "it is the claim, with a URL",
                record.value().isEmpty() && record.headers().containsKey(CLAIM) && !url.isEmpty());
        narrator.say("The URL is signed; anything that speaks HTTP can get it, without a key.");
        narrator.check(
                "what it gets is the payload: SHA-256 " + payload.sha256().substring(0, 16) + "…",
                digestOf(url).equals(payload.sha256()));
    }

    /** Returns its record in the topic it was published to. */
    private static KafkaView.PlainRecord publish(
            Stage stage, KafkaView kafka, String namespace, Digesting payload)
            throws StatusException, IOException, InterruptedException {
        PublishResponse answer =
                Publishing.chunked(
                        stage,
                        namespace,
                        PublishRequest.newBuilder().setTopic(TOPIC).build(),
                        payload);
        return kafka.read(namespace + "." + TOPIC, answer.getPartition(), answer.getOffset());
    }

    private static String derived(String namespace) {
        return namespace + "." + TOPIC + ".rehydrated";
    }

    private static String digestOf(String url) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
            HttpResponse<InputStream> answer =
                    http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (Digesting body = new Digesting(answer.body())) {
                body.transferTo(OutputStream.nullOutputStream());
                return answer.statusCode() == HTTP_OK
                        ? body.sha256()
                        : "HTTP status " + answer.statusCode();
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "The payload's URL cannot be fetched: " + e.getMessage(),
                    e);
        }
    }
}
