package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.v1.ListSubscriptionsRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Publishers to a topic and to a queue, two durable subscriptions to the topic, a fast one and a
 * slow one, and the queue's consumer: each on a thread of its own, whatever is killed meanwhile.
 */
final class KillTraffic {
    static final String TOPICS = "kills";
    static final String TOPIC = "clips";
    static final String QUEUES = "kills-queue";
    static final String QUEUE = "jobs";

    /** How far publishers run ahead of the slowest consumer. */
    private static final int CROWD = 300;

    private static final int PUBLISHERS = 2;
    private static final int SLOW_MILLIS = 400;
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private final TestClient client;
    final SteadySubscriber fast;
    final SteadySubscriber slow;
    private final SteadyWorker worker;
    private final List<SteadyPublisher> topics = new ArrayList<>();
    private final SteadyPublisher queue;
    private final List<SteadyClient> all = new ArrayList<>();
    private final List<Future<?>> publishing = new ArrayList<>();
    private final List<Future<?>> consuming = new ArrayList<>();

    /** After what a kill comes. */
    enum Moment {
        WHATEVER,
        PUBLISHED,
        ENQUEUED,
        ACKNOWLEDGED,
        ACKNOWLEDGED_BY_ALL
    }

    KillTraffic(TestClient client, Random random) {
        this.client = client;
        fast = new SteadySubscriber(client, TOPICS, TOPIC, "fast", () -> 0);
        Random thinking = new Random(random.nextLong());
        slow =
                new SteadySubscriber(
                        client, TOPICS, TOPIC, "slow", () -> thinking.nextInt(SLOW_MILLIS));
        worker = new SteadyWorker(client, QUEUES, QUEUE, new Random(random.nextLong()));
        for (int i = 0; i < PUBLISHERS; i++) {
            topics.add(
                    new SteadyPublisher(
                            client,
                            SteadyPublisher.Calls.pubsub(client, TOPICS),
                            TOPIC,
                            "p" + i,
                            () -> published() - slow.delivered().size() > CROWD));
        }
        queue =
                new SteadyPublisher(
                        client,
                        SteadyPublisher.Calls.queue(client, QUEUES),
                        QUEUE,
                        "q",
                        this::queueIsCrowded);
        all.addAll(topics);
        all.addAll(List.of(fast, slow, worker, queue));
    }

    private boolean queueIsCrowded() {
        return queue.published().size() - worker.accepted().size() > CROWD;
    }

    private int published() {
        return topics.stream().mapToInt(p -> p.published().size()).sum();
    }

    private Set<String> publishedIds() {
        Set<String> ids = new HashSet<>();
        topics.forEach(publisher -> ids.addAll(publisher.published()));
        return ids;
    }

    /** Claims are owed to subscriptions that were there before: those begin. */
    void start(ExecutorService threads) {
        for (SteadyClient consumer : List.of(fast, slow, worker)) {
            consuming.add(threads.submit(consumer));
        }
        await().atMost(PATIENCE)
                .until(
                        () -> {
                            check();
                            return client.pubsub(TOPICS)
                                            .listSubscriptions(
                                                    ListSubscriptionsRequest.getDefaultInstance())
                                            .getSubscriptionsCount()
                                    == 2;
                        });
        topics.forEach(publisher -> publishing.add(threads.submit(publisher)));
        publishing.add(threads.submit(queue));
    }

    /** Returns a random while after the moment, which must come however much was killed. */
    void awaitMoment(Moment moment, Random random) throws Exception {
        LongSupplier progress =
                switch (moment) {
                    case WHATEVER -> System::nanoTime;
                    case PUBLISHED -> this::published;
                    case ENQUEUED -> () -> queue.published().size();
                    case ACKNOWLEDGED -> fast::acknowledged;
                    case ACKNOWLEDGED_BY_ALL -> slow::acknowledged;
                };
        long before = progress.getAsLong();
        await(moment.name())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(2))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> {
                            check();
                            return progress.getAsLong() > before;
                        });
        TimeUnit.MILLISECONDS.sleep(random.nextInt(moment == Moment.WHATEVER ? 3_000 : 400));
    }

    /** Fails when one of them has failed. */
    void check() throws Exception {
        for (Future<?> one : Stream.concat(publishing.stream(), consuming.stream()).toList()) {
            if (one.isDone()) {
                one.get();
            }
        }
    }

    /** The slow subscription acknowledges nothing any more until it is told to go on. */
    void stopPublishing() throws Exception {
        topics.forEach(SteadyClient::stop);
        queue.stop();
        for (Future<?> one : publishing) {
            one.get(3, TimeUnit.MINUTES);
        }
        slow.hold();
    }

    void awaitAll() {
        Set<String> wanted = publishedIds();
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> {
                            check();
                            assertThat(slow.delivered()).containsAll(wanted);
                            assertThat(fast.delivered()).containsAll(wanted);
                            assertThat(worker.accepted()).containsAll(queue.published());
                        });
    }

    void stopConsuming() throws Exception {
        stop();
        for (Future<?> one : consuming) {
            one.get(1, TimeUnit.MINUTES);
        }
    }

    void stop() {
        all.forEach(SteadyClient::stop);
    }

    @Override
    public String toString() {
        return "%d published to the topic (%d attempts), %d events to fast, %d to slow; %d published to the queue (%d attempts), %d messages; storage was away for %d events"
                .formatted(
                        published(),
                        topics.stream().mapToLong(SteadyPublisher::attempts).sum(),
                        fast.events(),
                        slow.events(),
                        queue.published().size(),
                        queue.attempts(),
                        worker.messages(),
                        fast.unavailable() + slow.unavailable());
    }
}
