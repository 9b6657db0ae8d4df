package io.prism.standalone.cli.client.demo;

import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import io.prism.standalone.cli.client.server.ErrorText;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.standalone.cli.client.subscribe.AckCalls;
import io.prism.v1.Event;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import io.prism.v1.PublishRequest;
import io.prism.v1.RedriveProgress;
import io.prism.v1.RedriveRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Work is shared under leases; what always fails is dead, not lost; what is held comes back. */
final class QueueChapter implements Chapter {
    private static final int MAX_DELIVERIES = 3;
    private static final int JOBS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration QUIET = Duration.ofSeconds(1);
    private static final String FAILING = "failing";
    private static final String JOBS_TOPIC = "jobs";
    private static final String POISON = "a job that always fails";

    @Override
    public String name() {
        return "queue";
    }

    @Override
    public String title() {
        return "a job is done once, or dead and seen, and never lost";
    }

    @Override
    public void tell(Stage stage) throws StatusException, IOException, InterruptedException {
        String namespace = stage.namespaceName(this);
        try (KafkaView kafka = stage.kafka()) {
            declare(stage, namespace);
            try (QueueWorker worker = worker(stage, namespace, FAILING)) {
                fail(stage, namespace, worker);
                seeTheDead(stage, kafka, namespace);
                redrive(stage, namespace, worker);
            }
            takeOver(stage, namespace);
            TidyUp.topics(stage, kafka, namespace);
        }
    }

    private static void declare(Stage stage, String namespace) throws StatusException {
        Narrator narrator = stage.narrator();
        String document =
                """
                namespaces:
                  - name: %s
                    client_api: queue
                    backend: kafka
                """
                        .formatted(namespace);
        narrator.step("The same Kafka, but the API is a work queue");
        narrator.show(document);
        stage.create(document);
        narrator.say("Prism made of it:");
        narrator.show(stage.explain(namespace));
    }

    private static void fail(Stage stage, String namespace, QueueWorker worker)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A job fails, and fails again");
        send(stage, namespace, FAILING, POISON);
        for (int delivery = 1; delivery <= MAX_DELIVERIES; delivery++) {
            Event message = worker.next(PATIENCE);
            narrator.say("The consumer gives it back: out of disk, try again.");
            narrator.check(
                    "it was delivery " + delivery + ", with the payload as it was sent",
                    message.getDeliveryCount() == delivery && textOf(message).equals(POISON));
            worker.release(message, "out of disk");
        }
        GetTopicInfoResponse info =
                eventually(
                        stage,
                        namespace,
                        FAILING,
                        one -> one.getDeadLetters() == 1 && one.getDepth() == 0);
        narrator.check(
                "after " + MAX_DELIVERIES + " deliveries it is dead: nothing waits, 1 is dead",
                info.getDeadLetters() == 1 && info.getDepth() == 0);
        narrator.check("it is not delivered again", worker.quietFor(QUIET));
    }

    private static void seeTheDead(Stage stage, KafkaView kafka, String namespace)
            throws InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A dead letter says why");
        KafkaView.PlainRecord record = kafka.first(namespace + "." + FAILING + ".dlq");
        narrator.say("What a plain Kafka consumer sees:");
        narrator.show(record.describe());
        narrator.check(
                "its value is the payload", record.value().equals(ByteString.copyFromUtf8(POISON)));
        narrator.check(
                "its headers name the last reason and the deliveries",
                record.headers().getOrDefault("prism-dead-reason", "").contains("out of disk")
                        && String.valueOf(MAX_DELIVERIES)
                                .equals(record.headers().get("prism-dead-deliveries")));
    }

    private static void redrive(Stage stage, String namespace, QueueWorker worker)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("The disk is bigger now: the dead letters go back to work");
        RedriveProgress dry = redrive(stage, namespace, true);
        narrator.check(
                "a dry run finds 1 and moves none",
                dry.getRemaining() == 1 && dry.getRedriven() == 0);
        RedriveProgress done = redrive(stage, namespace, false);
        narrator.check(
                "the redrive moves 1 and leaves none",
                done.getRedriven() == 1 && done.getRemaining() == 0);
        Event again = worker.next(PATIENCE);
        narrator.check(
                "it comes as delivery 1, payload intact",
                again.getDeliveryCount() == 1 && textOf(again).equals(POISON));
        narrator.check("this time it is accepted", worker.accept(List.of(again)) == 1);
        GetTopicInfoResponse info =
                eventually(
                        stage,
                        namespace,
                        FAILING,
                        one -> one.getDepth() == 0 && one.getDeadLetters() == 0);
        narrator.check(
                "nothing waits and nothing is dead",
                info.getDepth() == 0 && info.getDeadLetters() == 0);
    }

    private static void takeOver(Stage stage, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A consumer vanishes; another takes over what it held");
        for (int job = 1; job <= JOBS; job++) {
            send(stage, namespace, JOBS_TOPIC, "job " + job);
        }
        List<Event> held;
        TreeSet<String> accepted = new TreeSet<>();
        try (QueueWorker first = worker(stage, namespace, JOBS_TOPIC)) {
            held = first.take(JOBS, PATIENCE);
            List<Event> done = held.subList(0, 2);
            narrator.check(
                    "the first holds all " + JOBS + " and finishes 2", first.accept(done) == 2);
            done.forEach(message -> accepted.add(textOf(message)));
        }
        narrator.say("Its stream breaks, as if somebody had pulled the plug.");
        try (QueueWorker second = worker(stage, namespace, JOBS_TOPIC)) {
            List<Event> rest = second.take(JOBS - 2, PATIENCE);
            narrator.check(
                    "the second gets the other " + (JOBS - 2) + ", each as delivery 2",
                    rest.stream().allMatch(message -> message.getDeliveryCount() == 2));
            late(narrator, second, held.getLast());
            narrator.check("the second finishes them", second.accept(rest) == JOBS - 2);
            rest.forEach(message -> accepted.add(textOf(message)));
            narrator.check("nothing comes a third time", second.quietFor(QUIET));
        }
        List<String> all = IntStream.rangeClosed(1, JOBS).mapToObj(job -> "job " + job).toList();
        narrator.check("every job is done once", accepted.equals(new TreeSet<>(all)));
    }

    /** The vanished consumer's acknowledgement arrives after all. */
    private static void late(Narrator narrator, QueueWorker anyone, Event lost)
            throws StatusException {
        List<AckCalls.Failure> failures = anyone.acknowledge(lost).failures();
        narrator.say("A late acknowledgement of the first one is told:");
        failures.forEach(failure -> narrator.show(ErrorText.brief(failure.error())));
        narrator.check(
                "it is LEASE_LOST, and the second still holds the job",
                failures.size() == 1 && failures.getFirst().error().reason().equals("LEASE_LOST"));
    }

    private static QueueWorker worker(Stage stage, String namespace, String topic) {
        return new QueueWorker(stage.queue(namespace), topic, MAX_DELIVERIES);
    }

    private static void send(Stage stage, String namespace, String topic, String text)
            throws StatusException {
        stage.queue(namespace)
                .withDeadlineAfter(ServerOptions.callTimeout())
                .publish(
                        PublishRequest.newBuilder()
                                .setTopic(topic)
                                .setPayload(ByteString.copyFromUtf8(text))
                                .build());
    }

    /** The last thing a redrive says. */
    private static RedriveProgress redrive(Stage stage, String namespace, boolean dryRun)
            throws StatusException, InterruptedException {
        BlockingClientCall<?, RedriveProgress> call =
                stage.queue(namespace)
                        .redrive(
                                RedriveRequest.newBuilder()
                                        .setTopic(FAILING)
                                        .setDryRun(dryRun)
                                        .build());
        RedriveProgress last = RedriveProgress.getDefaultInstance();
        RedriveProgress next = call.read();
        while (next != null) {
            last = next;
            next = call.read();
        }
        return last;
    }

    private static GetTopicInfoResponse eventually(
            Stage stage, String namespace, String topic, Predicate<GetTopicInfoResponse> expected)
            throws StatusException, InterruptedException {
        return Eventually.see(() -> info(stage, namespace, topic), expected, PATIENCE);
    }

    private static GetTopicInfoResponse info(Stage stage, String namespace, String topic)
            throws StatusException {
        return stage.queue(namespace)
                .withDeadlineAfter(ServerOptions.callTimeout())
                .getTopicInfo(GetTopicInfoRequest.newBuilder().setTopic(topic).build());
    }

    private static String textOf(Event message) {
        return message.getPayload().toStringUtf8();
    }
}
