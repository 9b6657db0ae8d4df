package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.demo.S3View.StoredObject;
import io.prism.standalone.cli.client.publish.GeneratedPayload;
import io.prism.v1.Event;
import io.prism.v1.PublishRequest;
import io.prism.v1.SweepClaimsRequest;
import io.prism.v1.SweepClaimsResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** A stored payload lives as long as a subscription needs it; what nobody ever will goes, too. */
final class LifecycleChapter implements Chapter {
    private static final long SIZE = 2_000_000;
    private static final int ORPHAN_SIZE = 1_000;
    private static final String TOPIC = "clips";
    private static final Duration A_WHILE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Override
    public String name() {
        return "lifecycle";
    }

    @Override
    public String title() {
        return "a payload lives exactly as long as somebody needs it";
    }

    @Override
    public void tell(Stage stage) throws StatusException, IOException, InterruptedException {
        String namespace = stage.namespaceName(this);
        try (S3View s3 = stage.s3()) {
            declare(stage, namespace);
            try (Subscriber fast = subscribe(stage, namespace, "fast");
                    Subscriber slow = subscribe(stage, namespace, "slow")) {
                waitForTheSlow(stage, s3, namespace, fast, slow);
                sweep(stage, s3, namespace, fast, slow);
            }
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
                        bucket: %s
                        cleanup:
                          strategy: on_consume
                    backend: kafka
                """
                        .formatted(namespace, namespace);
        narrator.step("Payloads are deleted on consumption, and not before");
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

    private static void waitForTheSlow(
            Stage stage, S3View s3, String namespace, Subscriber fast, Subscriber slow)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Two subscriptions get a payload; one of them is slow");
        String digest = publish(stage, namespace, 3);
        Event quickly = fast.next("the clip");
        narrator.check(
                "the fast one has it whole, and acknowledges it",
                whole(quickly, digest) && fast.acknowledge(quickly));
        narrator.check(
                "the object stays: the slow one has not acknowledged",
                Eventually.stays(
                        () -> s3.list(namespace), objects -> objects.size() == 1, A_WHILE));
        Event late = slow.next("the clip, for the slow one,");
        narrator.check("the slow one has it whole, too", whole(late, digest));
        long acknowledging = System.nanoTime();
        narrator.check("the slow one acknowledges it", slow.acknowledge(late));
        List<StoredObject> left = Eventually.see(() -> s3.list(namespace), List::isEmpty, PATIENCE);
        Duration took = Duration.ofNanos(System.nanoTime() - acknowledging);
        narrator.say(Units.human(took) + " later, a plain S3 client sees:");
        narrator.show(left.isEmpty() ? "nothing" : left.toString());
        narrator.check("now the object is gone", left.isEmpty());
    }

    private static void sweep(
            Stage stage, S3View s3, String namespace, Subscriber fast, Subscriber slow)
            throws StatusException, IOException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A sweep finds what was stored and never published");
        publish(stage, namespace, 4);
        String orphan = namespace + "/" + stage.nextId();
        s3.put(namespace, orphan, new byte[ORPHAN_SIZE]);
        narrator.say(
                "One more clip is published, which both subscriptions still need. And by hand");
        narrator.say("an object is put beside it, as a gateway leaves it that is killed between");
        narrator.say("upload and publish:");
        narrator.show(orphan);
        SweepClaimsResponse dry = drySweep(stage, namespace);
        narrator.say("prism claims sweep " + namespace + " --grace 0s --dry-run");
        narrator.check(
                "a dry run finds 1 orphan of " + ORPHAN_SIZE + " bytes, and deletes nothing",
                dry.getOrphans() == 1
                        && dry.getOrphanBytes() == ORPHAN_SIZE
                        && dry.getDeleted() == 0
                        && s3.list(namespace).size() == 2);
        narrator.say(
                "Without --dry-run it would be deleted, after a minute in which a publisher of");
        narrator.say("so young an object may still be at work. The demo deletes it by hand.");
        s3.delete(namespace, orphan);
        boolean both = fast.acknowledge(fast.next("the last clip"));
        both &= slow.acknowledge(slow.next("the last clip, for the slow one,"));
        narrator.check(
                "when both have acknowledged it, 0 objects are left",
                both
                        && Eventually.see(() -> s3.list(namespace), List::isEmpty, PATIENCE)
                                .isEmpty());
    }

    private static void tidyUp(Stage stage, S3View s3, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Deleting the namespace takes its subscriptions along");
        if (stage.keep()) {
            narrator.say("Kept, as asked: namespace, topic and bucket " + namespace);
            return;
        }
        stage.undoLast();
        narrator.check("the bucket is empty", s3.list(namespace).isEmpty());
    }

    private static SweepClaimsResponse drySweep(Stage stage, String namespace)
            throws StatusException {
        return stage.admin()
                .withDeadlineAfter(PATIENCE)
                .sweepClaims(
                        SweepClaimsRequest.newBuilder()
                                .setNamespace(namespace)
                                .setDryRun(true)
                                .setGrace(Units.proto(Duration.ZERO))
                                .build());
    }

    private static Subscriber subscribe(Stage stage, String namespace, String name)
            throws StatusException, InterruptedException {
        return Subscriber.durable(stage.pubSub(namespace), TOPIC, name);
    }

    /** Returns the payload's digest. */
    private static String publish(Stage stage, String namespace, long seed)
            throws StatusException, IOException, InterruptedException {
        Digesting payload = new Digesting(new GeneratedPayload(SIZE, seed));
        Publishing.chunked(
                stage, namespace, PublishRequest.newBuilder().setTopic(TOPIC).build(), payload);
        return payload.sha256();
    }

    private static boolean whole(Event event, String digest) {
        return Digesting.sha256(event.getPayload()).equals(digest);
    }
}
