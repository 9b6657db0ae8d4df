package io.prism.standalone.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import io.prism.standalone.e2e.KillableRoles.Role;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.KafkaOutage;
import io.prism.standalone.embedded.LonePostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of the gateway, of the streams process, of the Connect worker, of PostgreSQL, or of
 * several of them, at any instant, while rows are committed; and Kafka away for a while. {@code
 * -Dprism.kills=50} for more of them, {@code -Dprism.seed=…} for the same choices again, {@code
 * -Dprism.outage=60} for a longer while, in seconds.
 */
final class OutboxKillIT {
    private static final int KILLS = 3;
    private static final int OUTAGE_SECONDS = 10;
    private static final int SEVERAL_OF = 3;
    private static final int LONGEST_ABSENCE_MILLIS = 1_500;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Set<Role> ALL = EnumSet.allOf(Role.class);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path temp;

    private enum Target {
        GATEWAY(Optional.of(Role.GATEWAY)),
        STREAMS(Optional.of(Role.STREAMS)),
        CONNECT(Optional.of(Role.CONNECT)),
        POSTGRES(Optional.empty());

        private final Optional<Role> role;

        Target(Optional<Role> role) {
            this.role = role;
        }
    }

    /** What one kill hits. */
    private record Strike(Set<Target> targets) {
        /** One of them, or now and then several. */
        static Strike random(Random random) {
            List<Target> all = new ArrayList<>(List.of(Target.values()));
            Collections.shuffle(all, random);
            int count = random.nextInt(SEVERAL_OF) == 0 ? 1 + random.nextInt(all.size()) : 1;
            return new Strike(EnumSet.copyOf(all.subList(0, count)));
        }

        Set<Role> roles() {
            return targets.stream()
                    .flatMap(target -> target.role.stream())
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(Role.class)));
        }

        /** All at once; back after a while. */
        void hit(KillableRoles processes, LonePostgres server, long absentMillis)
                throws InterruptedException {
            processes.kill(roles());
            if (targets.contains(Target.POSTGRES)) {
                server.kill();
            }
            TimeUnit.MILLISECONDS.sleep(absentMillis);
            processes.start(roles());
            if (targets.contains(Target.POSTGRES)) {
                server.startAgain();
            }
        }
    }

    private static void createNamespaces(TestClient client) {
        client.create(
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns:
                      - {type: outbox, table: %s, retention: 1d}
                      - {type: claim-check, threshold: %d, storage: s3,
                         cleanup: {strategy: on_consume, ttl: 7d}}
                    backend: {type: kafka, partitions: 3}
                  - name: %s
                    client_api: pubsub
                    patterns: [{type: outbox, table: %s, retention: 1d}]
                    backend: {type: kafka, partitions: 3}
                """
                        .formatted(
                                OutboxKillTraffic.PUBLISHED,
                                OutboxKillTraffic.PUBLISHED_TABLE,
                                SeededPayloads.SMALL_THRESHOLD,
                                OutboxKillTraffic.OWN,
                                OwnTransactions.TABLE));
    }

    private static String url(LonePostgres postgres) {
        return postgres.url()
                .replace("//", "//" + postgres.user() + ":" + postgres.password() + "@");
    }

    private static String jdbcUrl(LonePostgres postgres) {
        return "jdbc:%s?user=%s&password=%s"
                .formatted(postgres.url(), postgres.user(), postgres.password());
    }

    private static SqlLooker sql(LonePostgres postgres) {
        return new SqlLooker(postgres.url(), postgres.user(), postgres.password());
    }

    private static void say(String words) {
        System.out.println(Instant.now() + " " + words);
    }

    /** Everything that runs while a test disturbs it. */
    private record Running(
            EmbeddedServers servers,
            LonePostgres postgres,
            KillableRoles roles,
            OutboxKillTraffic traffic) {}

    private interface Disturbance {
        void happen(Running running) throws Exception;
    }

    @Test
    void killsAtAnyInstantLoseNothingAndRepeatNothing() throws Exception {
        long seed = Long.getLong("prism.seed", System.nanoTime());
        int kills = Integer.getInteger("prism.kills", KILLS);
        say("seed: " + seed + ", kills: " + kills + ", folder: " + temp);
        Random random = new Random(seed);
        underLoad(random, running -> kill(running, kills, random));
    }

    private static void kill(Running running, int kills, Random random) throws Exception {
        List<OutboxKillTraffic.Moment> moments = List.of(OutboxKillTraffic.Moment.values());
        Map<Target, Integer> hits = new EnumMap<>(Target.class);
        for (int kill = 1; kill <= kills; kill++) {
            Strike strike = Strike.random(random);
            OutboxKillTraffic.Moment moment = moments.get(random.nextInt(moments.size()));
            say("kill " + kill + ": " + strike.targets() + " after " + moment);
            if (random.nextBoolean()) {
                // Or what takes long to start would hardly ever be hit at its work.
                strike.roles().forEach(running.roles::awaitReady);
            }
            running.traffic.awaitMoment(moment, random);
            strike.hit(running.roles, running.postgres, random.nextInt(LONGEST_ABSENCE_MILLIS));
            strike.targets().forEach(target -> hits.merge(target, 1, Integer::sum));
        }
        say("killed " + hits);
    }

    @Test
    void withoutKafkaForAWhileNoPublishFailsAndAllOfThemArrive() throws Exception {
        Duration outage = Duration.ofSeconds(Integer.getInteger("prism.outage", OUTAGE_SECONDS));
        Random random = new Random(1);
        List<AutoCloseable> kafka = new ArrayList<>();
        try {
            underLoad(
                    random,
                    running -> {
                        ALL.forEach(running.roles::awaitReady);
                        running.traffic.awaitMoment(OutboxKillTraffic.Moment.STAMPED, random);
                        long failed = running.traffic.failures(); // while everything started
                        KafkaOutage.begin(running.servers);
                        long before = running.traffic.published();
                        say("Kafka is gone for " + outage + "; published: " + before);
                        TimeUnit.MILLISECONDS.sleep(outage.toMillis());
                        long meanwhile = running.traffic.published() - before;
                        kafka.add(KafkaOutage.end(running.servers, temp.resolve("data")));
                        say("Kafka is back; published meanwhile: " + meanwhile);
                        running.traffic.awaitMoment(OutboxKillTraffic.Moment.STAMPED, random);
                        assertThat(meanwhile).isGreaterThan(outage.toSeconds());
                        assertThat(running.traffic.failures()).isEqualTo(failed);
                    });
        } finally {
            for (AutoCloseable one : kafka) {
                one.close();
            }
        }
    }

    /** Disturbs what runs, and looks afterwards whether all came once and in order. */
    private void underLoad(Random random, Disturbance disturbance) throws Exception {
        try (EmbeddedServers servers = EmbeddedServers.start(temp.resolve("data"));
                LonePostgres postgres =
                        LonePostgres.start(
                                temp.resolve("database"), KillableRoles.ports(1).getFirst());
                KillableRoles roles =
                        KillableRoles.withConnect(
                                servers,
                                temp,
                                Map.of("PRISM_POSTGRES_URL", url(postgres)),
                                Map.of("PRISM_PUBLISH_TIMEOUT", "5s"));
                TestClient client = roles.client();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            roles.awaitReady(Role.GATEWAY);
            createNamespaces(client);
            try (SqlLooker sql = sql(postgres)) {
                OwnTransactions.prepare(sql);
            }
            OutboxKillTraffic traffic = new OutboxKillTraffic(client, jdbcUrl(postgres), random);
            try {
                traffic.start(threads);

                // When
                disturbance.happen(new Running(servers, postgres, roles, traffic));
                ALL.forEach(roles::awaitReady);
                traffic.finish();
                say(traffic.toString());
                awaitStamped(postgres);
                // And: what a source that began again may still repeat is behind us
                traffic.last();
                awaitStamped(postgres);
                say("all is stamped");

                // Then
                check(servers, postgres, traffic);
                ALL.forEach(roles::requireAlive);
                assertThat(roles.stop(Role.STREAMS)).isZero();
            } finally {
                traffic.stop();
            }
        }
    }

    private static void awaitStamped(LonePostgres postgres) {
        try (SqlLooker sql = sql(postgres)) {
            await().atMost(PATIENCE)
                    .untilAsserted(
                            () ->
                                    assertThat(
                                                    open(sql, OutboxKillTraffic.PUBLISHED_TABLE)
                                                            + open(sql, OwnTransactions.TABLE))
                                            .as("rows without a stamp")
                                            .isZero());
        }
    }

    private static long open(SqlLooker sql, String table) {
        return sql.number("SELECT count(*) FROM " + table + " WHERE published_at IS NULL");
    }

    private static void check(
            EmbeddedServers servers, LonePostgres postgres, OutboxKillTraffic traffic) {
        Histories published = traffic.publishedHistories();
        Histories own = new Histories();
        traffic.committed().stream()
                .sorted(Comparator.comparingLong(OwnTransactions.Row::number))
                .forEach(
                        row ->
                                own.add(
                                        row.key(),
                                        row.id().toString(),
                                        row.payload().toByteArray()));
        Histories publishedThere =
                histories(servers, OutboxKillTraffic.PUBLISHED, OutboxKillTraffic.TOPIC);
        Histories ownThere = histories(servers, OutboxKillTraffic.OWN, OwnTransactions.TOPIC);
        say(
                "published: %d, in their topic: %d; own rows: %d, in theirs: %d; %s"
                        .formatted(
                                published.size(),
                                publishedThere.size(),
                                own.size(),
                                ownThere.size(),
                                repeated(servers)));
        assertThat(publishedThere.differences(published)).isEmpty();
        assertThat(ownThere.differences(own)).isEmpty();
        assertThat(KafkaLooker.all(servers.kafkaBootstrap(), OutboxTopics.DEAD.name())).isEmpty();
        try (SqlLooker sql = sql(postgres)) {
            assertTable(sql, OutboxKillTraffic.PUBLISHED_TABLE, "message_id", published.ids());
            assertTable(sql, OwnTransactions.TABLE, "id", own.ids());
        }
    }

    /** That many rows came more than once from the database's log. */
    private static String repeated(EmbeddedServers servers) {
        List<ConsumerRecord<byte[], byte[]>> rows =
                KafkaLooker.all(servers.kafkaBootstrap(), OutboxTopics.ROWS_PREFIX + "postgres");
        long different =
                rows.stream()
                        .map(row -> KafkaLooker.headers(row).getOrDefault(OutboxRow.ID, ""))
                        .distinct()
                        .count();
        return rows.size() - different + " repetitions in the topic of rows";
    }

    /** Rows are kept for longer than this takes, so all are there: once, stamped, not refused. */
    private static void assertTable(SqlLooker sql, String table, String id, Set<String> ids) {
        List<String> there = sql.column("SELECT " + id + " FROM " + table);
        assertThat(there).hasSize(ids.size());
        assertThat(new HashSet<>(there)).isEqualTo(ids);
        assertThat(sql.column("SELECT error FROM " + table + " WHERE error IS NOT NULL")).isEmpty();
    }

    /** As a consumer that reads what is committed sees it; a claim's payload is its object. */
    private static Histories histories(EmbeddedServers servers, String namespace, String topic) {
        Histories histories = new Histories();
        Map<String, Integer> partitions = new HashMap<>();
        try (S3Looker bucket = new S3Looker(servers, "prism-claims")) {
            KafkaLooker.all(servers.kafkaBootstrap(), namespace + "." + topic).stream()
                    .sorted(Comparator.comparingLong(ConsumerRecord::offset))
                    .forEach(
                            record -> {
                                String key = new String(record.key(), UTF_8);
                                assertThat(
                                                partitions.computeIfAbsent(
                                                        key, first -> record.partition()))
                                        .as("partition of " + key)
                                        .isEqualTo(record.partition());
                                Map<String, String> headers = KafkaLooker.headers(record);
                                String claim = headers.get("claim_check_key");
                                histories.add(
                                        key,
                                        headers.getOrDefault("prism-id", ""),
                                        claim == null ? record.value() : bucket.read(claim));
                            });
        }
        return histories;
    }
}
