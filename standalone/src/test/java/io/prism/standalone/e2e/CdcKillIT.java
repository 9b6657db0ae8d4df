package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.StatusRuntimeException;
import io.prism.standalone.e2e.KillableRoles.Role;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.embedded.KafkaOutage;
import io.prism.standalone.embedded.LonePostgres;
import io.prism.standalone.embedded.LoneRedis;
import io.prism.v1.GetResponse;
import io.prism.v1.ReaderServiceGrpc.ReaderServiceBlockingStub;
import io.prism.v1.ServedBy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * kill -9 of everything between a commit and a cache, one after the other, while another
 * application changes rows and readers read them. After each, no row that is read may be an old
 * one, and the cache must be in use again; and while everything but the database is away, no read
 * may fail.
 */
final class CdcKillIT {
    private static final int ROWS = 200;
    private static final int READERS = 4;
    private static final int READ_PAUSE_MILLIS = 2;
    private static final int WRITE_PAUSE_MILLIS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration LIVELY = Duration.ofSeconds(2);
    private static final Duration AWAY = Duration.ofSeconds(1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path temp;

    /** What may go away; how it goes and comes back. */
    private enum Victim {
        CONNECT,
        STREAMS,
        REDIS,
        KAFKA,
        POSTGRES,
        CONNECT_AND_REDIS
    }

    private static String url(LonePostgres postgres) {
        return postgres.url()
                .replace("//", "//" + postgres.user() + ":" + postgres.password() + "@");
    }

    private static SqlLooker sql(LonePostgres postgres) {
        return new SqlLooker(postgres.url(), postgres.user(), postgres.password());
    }

    /** Everything that runs. */
    private record Everything(
            EmbeddedServers servers,
            LonePostgres postgres,
            LoneRedis redis,
            KillableRoles roles,
            Path data,
            Deque<AutoCloseable> kafka) {
        void kill(Victim victim) throws Exception {
            switch (victim) {
                case CONNECT -> roles.kill(EnumSet.of(Role.CONNECT));
                case STREAMS -> roles.kill(EnumSet.of(Role.STREAMS));
                case REDIS -> redis.kill();
                case KAFKA -> {
                    if (kafka.isEmpty()) {
                        KafkaOutage.begin(servers);
                    } else {
                        kafka.pop().close();
                    }
                }
                case POSTGRES -> postgres.kill();
                case CONNECT_AND_REDIS -> {
                    roles.kill(EnumSet.of(Role.CONNECT));
                    redis.kill();
                }
            }
        }

        void startAgain(Victim victim) {
            switch (victim) {
                case CONNECT -> restart(Role.CONNECT);
                case STREAMS -> restart(Role.STREAMS);
                case REDIS -> redis.startAgain();
                case KAFKA -> kafka.push(KafkaOutage.end(servers, data));
                case POSTGRES -> postgres.startAgain();
                case CONNECT_AND_REDIS -> {
                    redis.startAgain();
                    restart(Role.CONNECT);
                }
            }
        }

        private void restart(Role role) {
            roles.start(EnumSet.of(role));
            roles.awaitReady(role);
        }
    }

    /** Reads rows at random until told to stop. */
    private static final class Readers {
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicInteger failed = new AtomicInteger();
        private final AtomicLong hits = new AtomicLong();
        private final AtomicLong reads = new AtomicLong();
        private final ReaderServiceBlockingStub stub;

        Readers(ReaderServiceBlockingStub stub) {
            this.stub = stub;
        }

        void read(long seed) {
            Random random = new Random(seed);
            while (!stopped.get()) {
                try {
                    GetResponse row = get(stub, 1 + random.nextInt(ROWS));
                    reads.incrementAndGet();
                    if (row.getServedBy() == ServedBy.SERVED_BY_CACHE) {
                        hits.incrementAndGet();
                    }
                } catch (StatusRuntimeException e) {
                    if (failed.incrementAndGet() <= 3) {
                        System.out.println("a read failed: " + e.getStatus());
                    }
                }
                pause(READ_PAUSE_MILLIS);
            }
        }
    }

    private static GetResponse get(ReaderServiceBlockingStub stub, int id) {
        return stub.withDeadlineAfter(10, TimeUnit.SECONDS).get(Reading.get("profiles", id));
    }

    @Test
    void nothingOldIsLeftWhateverIsKilled() throws Exception {
        long seed = Long.getLong("prism.seed", System.nanoTime());
        System.out.println("seed " + seed);
        Path data = temp.resolve("data");
        try (EmbeddedServers servers = EmbeddedServers.start(data);
                LonePostgres postgres =
                        LonePostgres.start(
                                temp.resolve("database"), KillableRoles.ports(1).getFirst());
                LoneRedis redis = LoneRedis.start(temp.resolve("cache"));
                KillableRoles roles =
                        KillableRoles.withConnect(
                                servers,
                                temp,
                                Map.of(
                                        "PRISM_POSTGRES_URL",
                                        url(postgres),
                                        "PRISM_REDIS_URL",
                                        redis.url()),
                                Map.of());
                TestClient client = roles.client();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Deque<AutoCloseable> kafka = new ArrayDeque<>();
            Everything all = new Everything(servers, postgres, redis, roles, data, kafka);
            try {
                declare(all, client);
                for (Victim victim : Victim.values()) {
                    survive(all, victim, client.reader("killed"), threads, seed);
                }
            } finally {
                while (!kafka.isEmpty()) {
                    kafka.pop().close();
                }
            }
        }
    }

    private static void declare(Everything all, TestClient client) {
        try (SqlLooker sql = sql(all.postgres())) {
            sql.run("CREATE TABLE profiles (id int PRIMARY KEY, n int NOT NULL)");
            sql.run("INSERT INTO profiles SELECT i, 0 FROM generate_series(1, " + ROWS + ") i");
        }
        all.roles().awaitReady(Role.GATEWAY);
        client.create(
                """
                namespaces:
                  - name: killed
                    client_api: reader
                    patterns:
                      - {type: cache, ttl: 900, key_pattern: "user:{id}"}
                      - type: cdc
                        source: {database: postgres, table: profiles}
                        snapshot: never
                        consumers:
                          - name: invalidator
                            type: cache_invalidator
                            operations: [UPDATE, DELETE]
                            key_extractor: "user:{after.id}"
                    backend: {type: postgres, database: postgres}
                """);
    }

    private static void survive(
            Everything all,
            Victim victim,
            ReaderServiceBlockingStub stub,
            ExecutorService threads,
            long seed)
            throws Exception {
        // Given
        Readers readers = new Readers(stub);
        List<Future<?>> working = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            long its = seed + i;
            working.add(threads.submit(() -> readers.read(its)));
        }
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong written = new AtomicLong();
        working.add(threads.submit(() -> write(all.postgres(), new Random(seed), enough, written)));
        pause(LIVELY.toMillis());

        // When
        all.kill(victim);
        pause(AWAY.toMillis());
        long meanwhile = readers.reads.get();
        all.startAgain(victim);
        pause(LIVELY.toMillis());
        enough.set(true);
        long quiet = System.nanoTime();
        working.getLast().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

        // Then
        try (SqlLooker sql = sql(all.postgres())) {
            await(victim + " was away")
                    .atMost(PATIENCE)
                    .ignoreExceptionsInstanceOf(StatusRuntimeException.class)
                    .until(() -> old(stub, sql).isEmpty());
        }
        System.out.println(
                victim
                        + ": fresh "
                        + Duration.ofNanos(System.nanoTime() - quiet).toMillis()
                        + " ms after the last commit; "
                        + written
                        + " changes, "
                        + readers.reads
                        + " reads ("
                        + meanwhile
                        + " until it was back), "
                        + readers.hits
                        + " from the cache, "
                        + readers.failed
                        + " failed");
        readers.stopped.set(true);
        for (Future<?> one : working) {
            one.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
        assertThat(readers.hits).as("hits").hasPositiveValue();
        if (victim != Victim.POSTGRES) {
            assertThat(readers.failed).as("failed reads").hasValue(0);
        }
        // It may not only be that nothing is cached any more.
        try (SqlLooker sql = sql(all.postgres())) {
            await().atMost(PATIENCE).until(() -> allCached(stub));
            assertThat(old(stub, sql)).isEmpty();
        }
    }

    /** Rows that are not read as the database has them. */
    private static List<String> old(ReaderServiceBlockingStub stub, SqlLooker sql) {
        List<String> old = new ArrayList<>();
        for (List<String> row : sql.rows("SELECT id, n FROM profiles ORDER BY id")) {
            String read =
                    String.valueOf(
                            (long)
                                    get(stub, Integer.parseInt(row.get(0)))
                                            .getRow()
                                            .getValuesOrThrow("n")
                                            .getNumberValue());
            if (!read.equals(row.get(1))) {
                old.add(row + " is read as " + read);
            }
        }
        return old;
    }

    private static boolean allCached(ReaderServiceBlockingStub stub) {
        for (int id = 1; id <= ROWS; id++) {
            if (get(stub, id).getServedBy() != ServedBy.SERVED_BY_CACHE) {
                return false;
            }
        }
        return true;
    }

    /** However often the database goes away meanwhile. */
    private static void write(
            LonePostgres postgres, Random random, AtomicBoolean enough, AtomicLong written) {
        while (!enough.get()) {
            try (SqlLooker sql = sql(postgres)) {
                while (!enough.get()) {
                    int id = 1 + random.nextInt(ROWS);
                    sql.run("UPDATE profiles SET n = n + 1 WHERE id = " + id);
                    written.incrementAndGet();
                    pause(WRITE_PAUSE_MILLIS);
                }
            } catch (AssertionError away) {
                pause(WRITE_PAUSE_MILLIS * 10L);
            }
        }
    }

    private static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
