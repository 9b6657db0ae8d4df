package io.prism.standalone.e2e;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Publishers through a gateway and applications with SQL of their own, each on a thread of its own,
 * whatever is killed meanwhile.
 */
final class OutboxKillTraffic {
    static final String PUBLISHED = "kills-published";
    static final String PUBLISHED_TABLE = "kills_published";
    static final String TOPIC = "events";
    static final String OWN = "kills-own";
    private static final int PUBLISHERS = 3;
    private static final int APPLICATIONS = 4;

    /** A publisher pauses as often as not. */
    private static final int PAUSE_OF = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String jdbcUrl;
    private final List<SteadyPublisher> publishers = new ArrayList<>();
    private final List<OwnTransactions> applications = new ArrayList<>();
    private final List<Future<?>> running = new ArrayList<>();

    /** After what a kill comes. */
    enum Moment {
        WHATEVER,
        PUBLISHED,
        COMMITTED,
        STAMPED
    }

    OutboxKillTraffic(TestClient client, String jdbcUrl, Random random) {
        this.jdbcUrl = jdbcUrl;
        for (int i = 0; i < PUBLISHERS; i++) {
            Random pausing = new Random(random.nextLong());
            publishers.add(
                    new SteadyPublisher(
                            client,
                            SteadyPublisher.Calls.pubsub(client, PUBLISHED),
                            TOPIC,
                            publisher(i),
                            publisher(i),
                            SeededPayloads::small,
                            () -> pausing.nextInt(PAUSE_OF) > 0));
        }
        for (int i = 0; i < APPLICATIONS; i++) {
            applications.add(new OwnTransactions(jdbcUrl, new Random(random.nextLong())));
        }
    }

    /** A publisher's name, which is the key of its messages and begins their ids. */
    private static String publisher(int index) {
        return "p" + index;
    }

    void start(ExecutorService threads) {
        publishers.forEach(publisher -> running.add(threads.submit(publisher)));
        applications.forEach(application -> running.add(threads.submit(application)));
    }

    /** Returns a random while after the moment, which must come however much was killed. */
    void awaitMoment(Moment moment, Random random) throws Exception {
        switch (moment) {
            case WHATEVER -> check();
            case PUBLISHED -> awaitMore(moment, () -> OptionalLong.of(published()));
            case COMMITTED -> awaitMore(moment, () -> OptionalLong.of(committed().size()));
            case STAMPED -> awaitMore(moment, this::lastStamp);
        }
        TimeUnit.MILLISECONDS.sleep(random.nextInt(moment == Moment.WHATEVER ? 3_000 : 500));
    }

    private interface Progress {
        /** Empty while nobody can tell. */
        OptionalLong now();
    }

    private void awaitMore(Moment moment, Progress progress) {
        List<Long> seen = new ArrayList<>();
        await(moment.name())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ZERO)
                .until(
                        () -> {
                            check();
                            progress.now().ifPresent(seen::add);
                            return !seen.isEmpty() && seen.getLast() > seen.getFirst();
                        });
    }

    private OptionalLong lastStamp() {
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery(
                                "SELECT coalesce(extract(epoch FROM max(published_at)) * 1e6,"
                                        + " 0)::bigint FROM "
                                        + OwnTransactions.TABLE)) {
            result.next();
            return OptionalLong.of(result.getLong(1));
        } catch (SQLException away) {
            return OptionalLong.empty();
        }
    }

    int published() {
        return publishers.stream().mapToInt(p -> p.published().size()).sum();
    }

    /** All rows of own transactions. */
    Collection<OwnTransactions.Row> committed() {
        List<OwnTransactions.Row> all = new ArrayList<>();
        applications.forEach(application -> all.addAll(application.committed()));
        return all;
    }

    /** What the gateway was given. */
    Histories publishedHistories() {
        Histories histories = new Histories();
        for (int i = 0; i < PUBLISHERS; i++) {
            String name = publisher(i);
            for (int number = 0; number < publishers.get(i).published().size(); number++) {
                String id = name + "-" + number;
                histories.add(name, id, SeededPayloads.small(id).toByteArray());
            }
        }
        return histories;
    }

    /** Fails when one of them has failed. */
    void check() throws Exception {
        for (Future<?> one : running) {
            if (one.isDone()) {
                one.get();
            }
        }
    }

    void stop() {
        publishers.forEach(SteadyClient::stop);
        applications.forEach(OwnTransactions::stop);
    }

    /** Stops, and waits until each has finished what it was at. */
    void finish() throws Exception {
        stop();
        for (Future<?> one : running) {
            one.get(3, TimeUnit.MINUTES);
        }
    }

    /** One transaction more, behind everything else. */
    void last() {
        applications.getFirst().once();
    }

    /** How many calls failed and were made again. */
    long failures() {
        return publishers.stream().mapToLong(SteadyPublisher::failures).sum();
    }

    @Override
    public String toString() {
        return "%d messages published (%d attempts); %s"
                .formatted(
                        published(),
                        publishers.stream().mapToLong(SteadyPublisher::attempts).sum(),
                        applications);
    }
}
