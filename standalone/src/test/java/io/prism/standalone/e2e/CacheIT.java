package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.StatusRuntimeException;
import io.prism.core.cache.FencedCache;
import io.prism.core.cache.FencedCacheSettings;
import io.prism.core.cache.Lookup;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisServers;
import io.prism.core.cache.RedisUrl;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.spec.NamespaceName;
import io.prism.standalone.embedded.LonePostgres;
import io.prism.standalone.embedded.LoneRedis;
import io.prism.v1.CacheGetRequest;
import io.prism.v1.CacheGetResponse;
import io.prism.v1.ClearCacheRequest;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.DataWrite;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.DeleteRequest;
import io.prism.v1.ExistsRequest;
import io.prism.v1.GetMultiRequest;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.IncrementRequest;
import io.prism.v1.ServedBy;
import io.prism.v1.SetRequest;
import io.prism.v1.WriteMode;
import io.prism.v1.WriteRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Rows and values on a Redis that is killed at times. */
final class CacheIT {
    private static final String DATABASE = "cache_it";

    private static final String NAMESPACES =
            """
            namespaces:
              - name: cached
                client_api: reader
                collections: [profiles, notes]
                patterns:
                  - type: cache
                    strategy: write-through
                    ttl: 900
                    negative_ttl: 60s
                    key_pattern: "user:{id}:profile"
                    max_item_size: 10KB
                backend:
                  type: postgres
                  database: cache_it
              - name: by_default
                client_api: reader
                collections: [people]
                patterns:
                  - type: cache
                    strategy: write-through
                backend:
                  type: postgres
                  database: cache_it
              - name: by_email
                client_api: reader
                collections: ["people(email)"]
                patterns:
                  - type: cache
                    strategy: write-through
                backend:
                  type: postgres
                  database: cache_it
              - name: writer
                client_api: transact
                tables: [profiles, people]
                backend:
                  type: postgres
                  database: cache_it
              - name: mortal
                client_api: reader
                collections: [stars]
                patterns:
                  - type: cache
                backend:
                  type: postgres
                  database: mortal
              - name: values
                client_api: cache
                patterns:
                  - type: cache
                    ttl: 600
                    max_item_size: 1KB
            """;

    @SuppressWarnings("NullAway.Init")
    private static LoneRedis redis;

    @SuppressWarnings("NullAway.Init")
    private static LonePostgres mortal;

    @SuppressWarnings("NullAway.Init")
    private static LoneGateway gateway;

    @SuppressWarnings("NullAway.Init")
    private static SqlLooker sql;

    @BeforeAll
    static void start() throws IOException {
        Path folder = Files.createTempDirectory(Path.of("target"), "cache-it");
        redis = LoneRedis.start(folder);
        mortal = LonePostgres.start(folder.resolve("mortal"));
        gateway =
                LoneGateway.start(
                        Map.of(
                                "mortal",
                                new Server(mortal.url(), mortal.user(), mortal.password())),
                        java.time.Duration.ofSeconds(10),
                        redis.url());
        gateway.client()
                .admin()
                .createNamespace(
                        CreateNamespaceRequest.newBuilder().setDocument(NAMESPACES).build());
        sql = gateway.database(DATABASE);
        sql.run("CREATE TABLE profiles (id bigint PRIMARY KEY, name text, version bigint)");
        sql.run("CREATE TABLE notes (id bigint PRIMARY KEY, name text)");
        sql.run("CREATE TABLE people (id bigint PRIMARY KEY, email text UNIQUE, name text)");
    }

    @AfterAll
    static void stop() {
        sql.close();
        gateway.close();
        mortal.close();
        redis.close();
    }

    private static GetResponse read(String collection, long id) {
        return read("cached", collection, number(id));
    }

    private static GetResponse read(String namespace, String collection, Value id) {
        return gateway.client()
                .reader(namespace)
                .get(GetRequest.newBuilder().setCollection(collection).setId(id).build());
    }

    private static String name(GetResponse response) {
        return response.getRow().getValuesOrThrow("name").getStringValue();
    }

    private static void write(long id, String name, long version) {
        var unused =
                gateway.client()
                        .transact("writer")
                        .write(
                                WriteRequest.newBuilder()
                                        .setData(
                                                DataWrite.newBuilder()
                                                        .setTable("profiles")
                                                        .setMode(WriteMode.WRITE_MODE_UPSERT)
                                                        .setRecord(
                                                                Struct.newBuilder()
                                                                        .putFields("id", number(id))
                                                                        .putFields(
                                                                                "name",
                                                                                Value.newBuilder()
                                                                                        .setStringValue(
                                                                                                name)
                                                                                        .build())
                                                                        .putFields(
                                                                                "version",
                                                                                number(version))))
                                        .build());
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(long number) {
        return Value.newBuilder().setNumberValue((double) number).build();
    }

    private static double metric(String name, String namespace) {
        Matcher line =
                Pattern.compile(
                                "(?m)^"
                                        + name
                                        + "\\{[^}]*namespace=\""
                                        + namespace
                                        + "\"[^}]*} ([0-9.E+]+)$")
                        .matcher(gateway.metrics());
        double sum = 0;
        while (line.find()) {
            sum += Double.parseDouble(line.group(1));
        }
        return sum;
    }

    @Test
    void theFirstReadMissesAndTheNextOneHits() {
        // Given
        sql.run("INSERT INTO profiles VALUES (1, 'Ada', 1)");
        // When
        GetResponse first = read("profiles", 1);
        GetResponse second = read("profiles", 1);
        // Then
        assertThat(first.getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
        assertThat(second.getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
        assertThat(second.getRow()).isEqualTo(first.getRow());
        assertThat(second.getAsOf()).isEqualTo(first.getAsOf());
    }

    @Test
    void twoCollectionsNeverAnswerForEachOther() {
        // Given a template that gives both tables' rows one key
        sql.run("INSERT INTO profiles VALUES (2, 'profile', 1)");
        sql.run("INSERT INTO notes VALUES (2, 'note')");
        // Then
        for (int i = 0; i < 3; i++) {
            assertThat(name(read("profiles", 2))).isEqualTo("profile");
            assertThat(name(read("notes", 2))).isEqualTo("note");
        }
    }

    @Test
    void anAbsentRowIsRememberedUntilItIsWritten() {
        // Given
        assertThat(read("profiles", 3).getFound()).isFalse();
        assertThat(read("profiles", 3).getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
        // When
        write(3, "Grace", 1);
        // Then
        assertThat(name(read("profiles", 3))).isEqualTo("Grace");
    }

    @Test
    void aLargeRowIsNotCached() {
        // Given
        sql.run("INSERT INTO profiles VALUES (4, repeat('x', 20000), 1)");
        // Then
        for (int i = 0; i < 3; i++) {
            assertThat(read("profiles", 4).getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
        }
    }

    @Test
    void aWriteOfPrismsOwnIsReadAtOnceAndSoonFromTheCache() {
        // Given
        write(5, "old", 1);
        assertThat(name(read("profiles", 5))).isEqualTo("old");
        // When
        write(5, "new", 2);
        // Then
        assertThat(name(read("profiles", 5))).isEqualTo("new");
        Awaitility.await()
                .untilAsserted(
                        () -> {
                            GetResponse again = read("profiles", 5);
                            assertThat(again.getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
                            assertThat(name(again)).isEqualTo("new");
                        });
    }

    @Test
    void aWriteIsReadAtOnceWhateverItNamesItsRowBy() {
        // Given
        writePerson(Map.of("id", number(1), "email", text("a@x"), "name", text("old")), "");
        cached("by_default", number(1), "old");
        cached("by_email", text("a@x"), "old");
        // When the readers of one name rows as the writer does, those of the other do not
        writePerson(Map.of("email", text("a@x"), "name", text("newer")), "email");
        // Then
        cached("by_default", number(1), "newer");
        cached("by_email", text("a@x"), "newer");
        // When
        writePerson(Map.of("id", number(1), "name", text("newest")), "");
        // Then
        assertThat(name(read("by_default", "people", number(1)))).isEqualTo("newest");
        assertThat(name(read("by_email", "people", text("a@x")))).isEqualTo("newest");
    }

    /** Reads that name, and goes on until it comes from the cache. */
    private static void cached(String namespace, Value id, String name) {
        Awaitility.await()
                .until(
                        () -> {
                            GetResponse row = read(namespace, "people", id);
                            assertThat(name(row)).isEqualTo(name);
                            return row.getServedBy() == ServedBy.SERVED_BY_CACHE;
                        });
    }

    @Test
    void aLeaseThatNobodyUsesLeavesACallTimeToReadTheDatabase() {
        // Given a gateway that is killed while it reads
        sql.run("INSERT INTO profiles VALUES (12, 'Ada', 1)");
        var config =
                new RedisConfig(
                        Map.of(
                                "redis",
                                RedisUrl.parse(redis.url())
                                        .server(Optional.empty(), Optional.empty())),
                        java.time.Duration.ofSeconds(2));
        try (RedisServers servers = new RedisServers(config)) {
            FencedCache other =
                    new FencedCache(
                            servers.get("redis"),
                            FencedCacheSettings.DEFAULT,
                            () -> UUID.randomUUID().toString());
            assertThat(other.lookup(new NamespaceName("cached"), "user:12:profile").join())
                    .isInstanceOf(Lookup.Miss.class);
        }
        // When
        GetResponse row =
                gateway.client()
                        .reader("cached")
                        .withDeadlineAfter(1_900, TimeUnit.MILLISECONDS)
                        .get(
                                GetRequest.newBuilder()
                                        .setCollection("profiles")
                                        .setId(number(12))
                                        .build());
        // Then
        assertThat(name(row)).isEqualTo("Ada");
        assertThat(row.getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
    }

    /** An update where the record lacks a column. */
    private static void writePerson(Map<String, Value> record, String idField) {
        var unused =
                gateway.client()
                        .transact("writer")
                        .write(
                                WriteRequest.newBuilder()
                                        .setData(
                                                DataWrite.newBuilder()
                                                        .setTable("people")
                                                        .setMode(
                                                                record.size() == 3
                                                                        ? WriteMode
                                                                                .WRITE_MODE_INSERT
                                                                        : WriteMode
                                                                                .WRITE_MODE_UPDATE)
                                                        .setIdField(idField)
                                                        .setRecord(
                                                                Struct.newBuilder()
                                                                        .putAllFields(record)))
                                        .build());
    }

    @Test
    void clearingForgetsWhatChangedBehindPrismsBack() {
        // Given
        sql.run("INSERT INTO profiles VALUES (6, 'old', 1)");
        assertThat(name(read("profiles", 6))).isEqualTo("old");
        sql.run("UPDATE profiles SET name = 'new' WHERE id = 6");
        assertThat(name(read("profiles", 6))).as("nobody told the cache").isEqualTo("old");
        // When
        var unused =
                gateway.client()
                        .admin()
                        .clearCache(ClearCacheRequest.newBuilder().setNamespace("cached").build());
        // Then
        assertThat(name(read("profiles", 6))).isEqualTo("new");
    }

    /**
     * Whoever waits for two seconds reads the database, and so does whoever Redis does not answer
     * in time: a machine that is too slow for a thousand readers says nothing, and tries again.
     */
    @Test
    void aThousandReadersOfOneColdKeyReadTheDatabaseOnce() throws Exception {
        for (int id = 700; id < 705; id++) {
            // Given a row that nobody has read, and nobody can for a moment
            sql.run("INSERT INTO notes VALUES (" + id + ", 'cold')");
            long scans = scansOfNotes();
            double loads = metric("prism_pattern_cache_loads_total", "cached");
            double bypasses = metric("prism_pattern_cache_bypasses_total", "cached");
            // When
            java.time.Duration took = readAtOnce(id);
            // Then
            if (took.compareTo(java.time.Duration.ofMillis(1_500)) < 0
                    && metric("prism_pattern_cache_bypasses_total", "cached") == bypasses) {
                assertThat(metric("prism_pattern_cache_loads_total", "cached") - loads)
                        .isEqualTo(1);
                assertThat(scansOfNotes() - scans).as("as the database counts").isEqualTo(1);
                return;
            }
        }
        Assumptions.abort("this machine is too slow for a thousand readers in 1.5 s");
    }

    /** A thousand readers, of whom the first is answered when nearly all wait for it. */
    private static java.time.Duration readAtOnce(int id) throws Exception {
        double waits = metric("prism_pattern_cache_waits_total", "cached");
        List<Future<GetResponse>> reads = new ArrayList<>();
        long started = System.nanoTime();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            sql.run("BEGIN; LOCK TABLE notes IN ACCESS EXCLUSIVE MODE");
            try {
                for (int i = 0; i < 1_000; i++) {
                    reads.add(threads.submit(() -> read("notes", id)));
                }
                Awaitility.await()
                        .atMost(java.time.Duration.ofSeconds(30))
                        .pollInterval(java.time.Duration.ofMillis(20))
                        .until(
                                () ->
                                        metric("prism_pattern_cache_waits_total", "cached") - waits
                                                        >= 900
                                                || System.nanoTime() - started > 2_000_000_000L);
            } finally {
                sql.run("COMMIT");
            }
        }
        for (Future<GetResponse> read : reads) {
            assertThat(name(read.get())).isEqualTo("cold");
        }
        return java.time.Duration.ofNanos(System.nanoTime() - started);
    }

    /** A session tells what it has counted after ten idle seconds at the latest. */
    private static long scansOfNotes() {
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(2))
                .until(
                        () ->
                                sql.number(
                                                "SELECT count(*) FROM pg_stat_activity WHERE"
                                                        + " application_name = 'prism-reader' AND"
                                                        + " (state <> 'idle' OR state_change > now() -"
                                                        + " interval '11 s')")
                                        == 0);
        return sql.number(
                "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables"
                        + " WHERE relname = 'notes'");
    }

    @Test
    void sixteenReadersNeverSeeAValueOlderThanAnAnsweredWrite() throws Exception {
        // Given
        write(9, "v0", 0);
        double hits = metric("prism_pattern_cache_hits_total", "cached");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong answered = new AtomicLong();
        List<Future<?>> readers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int i = 0; i < 16; i++) {
                    readers.add(
                            threads.submit(
                                    () -> {
                                        while (!stop.get()) {
                                            long least = answered.get();
                                            assertThat(version(9)).isGreaterThanOrEqualTo(least);
                                        }
                                    }));
                }
                // When
                for (long version = 1; version <= 200; version++) {
                    write(9, "v" + version, version);
                    answered.set(version);
                }
            } finally {
                stop.set(true);
            }
        }
        // Then
        for (Future<?> reader : readers) {
            Object unused = reader.get();
        }
        for (int i = 0; i < 100; i++) {
            assertThat(version(9)).isEqualTo(200);
        }
        assertThat(read("profiles", 9).getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
        assertThat(metric("prism_pattern_cache_hits_total", "cached") - hits).isGreaterThan(200);
    }

    private static long version(long id) {
        return Long.parseLong(
                read("profiles", id).getRow().getValuesOrThrow("version").getStringValue());
    }

    @Test
    void aWarmedRowIsServedFromTheCacheTheFirstTime() {
        // Given
        sql.run("CREATE TABLE visits (shop text, day date, visitors int, PRIMARY KEY (shop, day))");
        sql.run(
                "INSERT INTO visits SELECT 'shop ' || g % 5, date '2026-01-01' + g / 5, g"
                        + " FROM generate_series(0, 2499) g");
        // When
        create(
                """
                namespaces:
                  - name: warmed
                    client_api: reader
                    collections: [visits]
                    patterns:
                      - type: cache
                        warm_up:
                          collection: visits
                          where: ["shop != shop 3", visitors>=5]
                          sort: -visitors
                          rows: 1234
                    backend: {type: postgres, database: cache_it}
                """);
        // Then
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(1))
                .untilAsserted(
                        () ->
                                assertThat(metric("prism_pattern_cache_warm_ups_total", "warmed"))
                                        .isEqualTo(1));
        assertThat(gateway.metrics())
                .contains(
                        "prism_pattern_cache_warm_ups_total{namespace=\"warmed\",outcome=\"ok\"}");
        int warmed = (int) metric("prism_pattern_cache_warmed_rows_total", "warmed");
        int fenced = (int) metric("prism_pattern_cache_fenced_fills_total", "warmed");
        assertThat(warmed + fenced)
                .as("rows stored, and those whose lease ran out on a slow machine")
                .isEqualTo(1234);
        assertThat(fenced).isLessThan(735);
        List<List<String>> expected =
                sql.rows(
                        "SELECT shop, day, visitors, (shop <> 'shop 3' AND visitors >= 5 AND"
                                + " row_number() OVER (PARTITION BY shop <> 'shop 3'"
                                + " ORDER BY visitors DESC) <= 1234) FROM visits"
                                + " ORDER BY visitors DESC LIMIT 1600");
        double bypasses = metric("prism_pattern_cache_bypasses_total", "warmed");
        int cached = 0;
        for (List<String> row : expected) {
            GetResponse response =
                    gateway.client()
                            .reader("warmed")
                            .get(
                                    Reading.get(
                                            "visits",
                                            Reading.key("shop", row.get(0), "day", row.get(1))));
            if (response.getServedBy() == ServedBy.SERVED_BY_CACHE) {
                cached++;
                assertThat(row.get(3)).as("%s is to be warm", row).isEqualTo("t");
            }
            assertThat(response.getRow().getValuesOrThrow("visitors").getNumberValue())
                    .isEqualTo(Integer.parseInt(row.get(2)));
        }
        assertThat(cached).isEqualTo(warmed);
        assertThat(metric("prism_pattern_cache_bypasses_total", "warmed")).isEqualTo(bypasses);
    }

    @Test
    void aWarmUpThatFailsOrTakesTooLongLeavesTheNamespaceServed() {
        // Given
        sql.run(
                "CREATE VIEW dozing AS SELECT g AS id, pg_sleep(g)::text AS nap FROM generate_series(1, 9) g");
        // When
        create(
                """
                namespaces:
                  - name: warm-later
                    client_api: reader
                    collections: [later]
                    patterns: [{type: cache, warm_up: later}]
                    backend: {type: postgres, database: cache_it}
                  - name: warm-slowly
                    client_api: reader
                    collections: [dozing(id)]
                    patterns: [{type: cache, warm_up: {collection: dozing, timeout: 1s}}]
                    backend: {type: postgres, database: cache_it}
                """);
        // Then
        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(gateway.metrics())
                                        .contains("warm-later\",outcome=\"COLLECTION_UNKNOWN\"}")
                                        .contains("warm-slowly\",outcome=\"READ_TIMEOUT\"}"));
        sql.run("CREATE TABLE later (id int PRIMARY KEY)");
        sql.run("INSERT INTO later VALUES (1)");
        assertThat(gateway.client().reader("warm-later").get(Reading.get("later", 1)).getFound())
                .isTrue();
    }

    @Test
    void aWarmUpStoresNothingThatIsOlderThanAWrite() throws Exception {
        // Given
        sql.run("CREATE TABLE stock (id bigint PRIMARY KEY, version bigint)");
        sql.run("INSERT INTO stock SELECT g, 0 FROM generate_series(1, 2000) g");
        create(
                """
                namespaces:
                  - name: stock-writer
                    client_api: transact
                    tables: [stock]
                    backend: {type: postgres, database: cache_it}
                """);
        ConcurrentHashMap<Long, Long> answered = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            try {
                for (int i = 0; i < 4; i++) {
                    int first = i;
                    writers.add(
                            threads.submit(
                                    () -> {
                                        for (long n = 0; !stop.get(); n++) {
                                            long id = 1 + 4 * ((first + 4 * n) % 500);
                                            long version = 1 + n;
                                            writeStock(id, version);
                                            answered.put(id, version);
                                        }
                                    }));
                }
                // When
                Awaitility.await()
                        .atMost(java.time.Duration.ofMinutes(1))
                        .until(() -> answered.size() > 20);
                create(
                        """
                        namespaces:
                          - name: stock
                            client_api: reader
                            collections: [stock]
                            patterns:
                              - {type: cache, strategy: write-through, warm_up: stock}
                            backend: {type: postgres, database: cache_it}
                        """);
                Awaitility.await()
                        .atMost(java.time.Duration.ofMinutes(1))
                        .until(() -> metric("prism_pattern_cache_warm_ups_total", "stock") == 1);
            } finally {
                stop.set(true);
            }
            for (Future<?> writer : writers) {
                Object unused = writer.get();
            }
        }
        // Then
        assertThat(metric("prism_pattern_cache_warmed_rows_total", "stock")).isGreaterThan(1_000);
        int cached = 0;
        for (long id = 1; id <= 2000; id++) {
            GetResponse row = gateway.client().reader("stock").get(Reading.get("stock", id));
            cached += row.getServedBy() == ServedBy.SERVED_BY_CACHE ? 1 : 0;
            assertThat(row.getRow().getValuesOrThrow("version").getStringValue())
                    .as("row %d", id)
                    .isEqualTo(String.valueOf(answered.getOrDefault(id, 0L)));
        }
        assertThat(cached).isGreaterThan(1_000);
    }

    private static void writeStock(long id, long version) {
        var unused =
                gateway.client()
                        .transact("stock-writer")
                        .write(
                                WriteRequest.newBuilder()
                                        .setData(
                                                DataWrite.newBuilder()
                                                        .setTable("stock")
                                                        .setMode(WriteMode.WRITE_MODE_UPSERT)
                                                        .setRecord(
                                                                Struct.newBuilder()
                                                                        .putFields("id", number(id))
                                                                        .putFields(
                                                                                "version",
                                                                                number(version))))
                                        .build());
    }

    private static void create(String document) {
        var unused =
                gateway.client()
                        .admin()
                        .createNamespace(
                                CreateNamespaceRequest.newBuilder().setDocument(document).build());
    }

    @Test
    void noReadFailsOrIsStaleWhileRedisIsKilledAndComesBack() throws Exception {
        // Given readers, and a writer whose every answered write they must see
        write(8, "v", 0);
        AtomicBoolean stop = new AtomicBoolean();
        AtomicLong answered = new AtomicLong();
        AtomicInteger reads = new AtomicInteger();
        List<Future<?>> work = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 16; i++) {
                work.add(
                        threads.submit(
                                () -> {
                                    while (!stop.get()) {
                                        long least = answered.get();
                                        assertThat(version(8)).isGreaterThanOrEqualTo(least);
                                        reads.incrementAndGet();
                                    }
                                }));
            }
            work.add(
                    threads.submit(
                            () -> {
                                for (long version = 1; !stop.get(); version++) {
                                    write(8, "v", version);
                                    answered.set(version);
                                    Thread.sleep(5);
                                }
                                return null;
                            }));
            try {
                // When
                for (int kill = 0; kill < 3; kill++) {
                    goOn(reads, answered);
                    redis.kill();
                    goOn(reads, answered);
                    redis.startAgain();
                }
                goOn(reads, answered);
            } finally {
                stop.set(true);
            }
        }
        // Then
        for (Future<?> each : work) {
            Object unused = each.get();
        }
        assertThat(metric("prism_pattern_cache_bypasses_total", "cached")).isPositive();
        Awaitility.await()
                .untilAsserted(
                        () ->
                                assertThat(read("profiles", 8).getServedBy())
                                        .isEqualTo(ServedBy.SERVED_BY_CACHE));
        assertThat(read("profiles", 8).getRow().getValuesOrThrow("version").getStringValue())
                .isEqualTo(String.valueOf(answered.get()));
    }

    @Test
    void cachedRowsAreServedWhileTheDatabaseIsAway() throws Exception {
        // Given one row in the cache, and one that is not
        try (SqlLooker own = new SqlLooker(mortal.url(), mortal.user(), mortal.password())) {
            own.run("CREATE TABLE stars (id bigint PRIMARY KEY, name text)");
            own.run("INSERT INTO stars VALUES (1, 'Sirius'), (2, 'Vega')");
        }
        Awaitility.await()
                .until(
                        () ->
                                read("mortal", "stars", number(1)).getServedBy()
                                        == ServedBy.SERVED_BY_CACHE);

        // When the database is away for longer than its catalogue is good for
        mortal.kill();
        try {
            long until = System.nanoTime() + java.time.Duration.ofSeconds(20).toNanos();
            while (System.nanoTime() < until) {
                GetResponse row = read("mortal", "stars", number(1));

                // Then the row is there
                assertThat(name(row)).isEqualTo("Sirius");
                assertThat(row.getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
                Thread.sleep(10);
            }
            assertThatThrownBy(() -> read("mortal", "stars", number(2)))
                    .hasMessageContaining("UNAVAILABLE");
        } finally {
            mortal.startAgain();
        }
        Awaitility.await()
                .atMost(java.time.Duration.ofMinutes(1))
                .ignoreExceptions()
                .untilAsserted(
                        () ->
                                assertThat(name(read("mortal", "stars", number(2))))
                                        .isEqualTo("Vega"));
    }

    @Test
    void aRestartedRedisServesNothingOfBefore() {
        // Given a cached row that changed while nobody could be told
        write(11, "old", 1);
        Awaitility.await()
                .until(() -> read("profiles", 11).getServedBy() == ServedBy.SERVED_BY_CACHE);
        Awaitility.await().until(redis::hasWrittenDown);
        redis.kill();
        sql.run("UPDATE profiles SET name = 'new' WHERE id = 11");
        // When
        redis.startAgain();
        assertThat(redis.holds("prism:{cached}:user:11:profile"))
                .as("it was written down")
                .isTrue();
        // Then
        Awaitility.await()
                .pollDelay(java.time.Duration.ZERO)
                .pollInterval(java.time.Duration.ofMillis(1))
                .until(
                        () -> {
                            GetResponse row = read("profiles", 11);
                            assertThat(name(row)).isEqualTo("new");
                            return row.getServedBy() == ServedBy.SERVED_BY_CACHE;
                        });
    }

    @Test
    void noReadIsOlderThanAWriteThatRedisWasNotToldOf() throws Exception {
        // Given a row in a cache that nobody asks any more, as it does not answer
        write(10, "v", 0);
        Awaitility.await()
                .until(() -> read("profiles", 10).getServedBy() == ServedBy.SERVED_BY_CACHE);
        redis.pause(true);
        try {
            for (int other = 1_000;
                    !gateway.metrics().contains("prism_cache_redis_down 1.0");
                    other++) {
                assertThat(read("profiles", other).getFound()).isFalse();
            }
            // When
            write(10, "v", 1);
        } finally {
            redis.pause(false);
        }
        // Then it is asked again, by readers first
        Awaitility.await()
                .pollDelay(java.time.Duration.ZERO)
                .pollInterval(java.time.Duration.ofMillis(1))
                .until(
                        () -> {
                            GetResponse row = read("profiles", 10);
                            assertThat(row.getRow().getValuesOrThrow("version").getStringValue())
                                    .isEqualTo("1");
                            return row.getServedBy() == ServedBy.SERVED_BY_CACHE;
                        });
    }

    /** Until there were a second's reads, and writes, with the server as it is now. */
    private static void goOn(AtomicInteger reads, AtomicLong answered) {
        java.time.Instant second = java.time.Instant.now().plusSeconds(1);
        int readsThen = reads.get();
        long writesThen = answered.get();
        Awaitility.await()
                .atMost(java.time.Duration.ofSeconds(30))
                .until(
                        () ->
                                reads.get() >= readsThen + 200
                                        && answered.get() >= writesThen + 5
                                        && java.time.Instant.now().isAfter(second));
    }

    @Test
    void valuesAreSetReadCountedAndDeleted() {
        // Given
        var cache = gateway.client().cache("values");
        ByteString bytes = ByteString.copyFrom(new byte[] {0, (byte) 0xff, 3});
        // When, then
        assertThat(cache.get(get("a"))).isEqualTo(CacheGetResponse.getDefaultInstance());
        assertThat(cache.set(set("a").setValue(bytes).build()).getStored()).isTrue();
        assertThat(cache.set(set("a").setOnlyIfAbsent(true).build()).getStored()).isFalse();
        assertThat(cache.set(set("b").setOnlyIfPresent(true).build()).getStored()).isFalse();
        CacheGetResponse got = cache.get(get("a"));
        assertThat(got.getValue()).isEqualTo(bytes);
        assertThat(got.getRemainingTtl().getSeconds()).as("the namespace's").isBetween(590L, 600L);
        assertThat(
                        cache.set(set("b").setTtl(Duration.newBuilder().setSeconds(5)).build())
                                .getStored())
                .isTrue();
        assertThat(cache.get(get("b")).getRemainingTtl().getSeconds()).isBetween(3L, 5L);
        assertThat(
                        cache.getMulti(
                                        GetMultiRequest.newBuilder()
                                                .addKeys("a")
                                                .addKeys("b")
                                                .addKeys("c")
                                                .addKeys("a")
                                                .build())
                                .getValuesMap())
                .containsOnlyKeys("a", "b");
        assertThat(cache.exists(ExistsRequest.newBuilder().setKey("a").build()).getExists())
                .isTrue();
        assertThat(cache.increment(increment("n").build()).getValue()).isEqualTo(1);
        assertThat(cache.increment(increment("n").setDelta(-5).build()).getValue()).isEqualTo(-4);
        assertThat(cache.get(get("n")).hasRemainingTtl()).isTrue();
        assertThat(cache.delete(DeleteRequest.newBuilder().setKey("a").build()).getDeleted())
                .isTrue();
        assertThat(cache.delete(DeleteRequest.newBuilder().setKey("a").build()).getDeleted())
                .isFalse();
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        var cache = gateway.client().cache("values");
        var unused = cache.set(set("text").setValue(ByteString.copyFromUtf8("x")).build());
        refused(() -> cache.get(get("")), "FIELD_INVALID");
        refused(() -> cache.get(get("k".repeat(1_025))), "FIELD_INVALID");
        refused(
                () -> cache.set(set("k").setOnlyIfAbsent(true).setOnlyIfPresent(true).build()),
                "FIELD_INVALID");
        refused(
                () -> cache.set(set("k").setTtl(Duration.getDefaultInstance()).build()),
                "FIELD_INVALID");
        refused(
                () -> cache.set(set("k").setValue(ByteString.copyFrom(new byte[1_001])).build()),
                "PAYLOAD_TOO_LARGE");
        refused(() -> cache.increment(increment("text").build()), "VALUE_INVALID");
        refused(() -> gateway.client().cache("cached").get(get("k")), "API_MISMATCH");
    }

    private static void refused(
            org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String code) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(TestClient.reason(e)).isEqualTo(code));
    }

    @Test
    void aValueThatCannotBeReadIsAMissAndOneThatCannotBeWrittenAnError() throws Exception {
        // Given
        var cache = gateway.client().cache("values");
        var stored = cache.set(set("away").setValue(ByteString.copyFromUtf8("x")).build());
        assertThat(stored.getStored()).isTrue();
        redis.kill();
        try {
            // Then
            Awaitility.await().until(() -> cache.get(get("away")).getDegraded());
            assertThat(cache.get(get("away")).getFound()).isFalse();
            assertThat(
                            cache.exists(ExistsRequest.newBuilder().setKey("away").build())
                                    .getDegraded())
                    .isTrue();
            refused(() -> cache.set(set("away").build()), "CACHE_UNAVAILABLE");
            refused(() -> cache.increment(increment("n2").build()), "CACHE_UNAVAILABLE");
        } finally {
            redis.startAgain();
        }
        Awaitility.await().until(() -> cache.get(get("away")).getFound());
    }

    @Test
    void aDeletedNamespaceLeavesNothing() {
        // Given
        gateway.client()
                .admin()
                .createNamespace(
                        CreateNamespaceRequest.newBuilder()
                                .setDocument(
                                        "namespaces:\n  - name: passing\n    client_api: cache\n")
                                .build());
        var cache = gateway.client().cache("passing");
        assertThat(cache.set(set("k").build()).getStored()).isTrue();
        // When
        gateway.client()
                .admin()
                .deleteNamespace(
                        DeleteNamespaceRequest.newBuilder()
                                .setName("passing")
                                .setDeleteData(true)
                                .build());
        gateway.client()
                .admin()
                .createNamespace(
                        CreateNamespaceRequest.newBuilder()
                                .setDocument(
                                        "namespaces:\n  - name: passing\n    client_api: cache\n")
                                .build());
        // Then
        assertThat(cache.get(get("k")).getFound()).isFalse();
    }

    private static final String PASSING_ROWS =
            """
            namespaces:
              - name: passing_rows
                client_api: reader
                collections: [people]
                patterns:
                  - type: cache
                backend:
                  type: postgres
                  database: cache_it
            """;

    private static void delete(String namespace, boolean withData) {
        var unused =
                gateway.client()
                        .admin()
                        .deleteNamespace(
                                DeleteNamespaceRequest.newBuilder()
                                        .setName(namespace)
                                        .setDeleteData(withData)
                                        .build());
    }

    @Test
    void aNamespaceMadeAgainServesNothingOfBefore() {
        // Given
        sql.run("INSERT INTO people VALUES (50, 'd@x', 'old')");
        create(PASSING_ROWS);
        cached("passing_rows", number(50), "old");
        // When
        delete("passing_rows", false);
        sql.run("UPDATE people SET name = 'new' WHERE id = 50");
        create(PASSING_ROWS);
        // Then
        cached("passing_rows", number(50), "new");
        delete("passing_rows", true);
    }

    @Test
    void aKeyWhoseTextsOnlyTheDatabaseTakesForEqualIsNotCached() {
        // Given
        sql.run(
                "CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2',"
                        + " deterministic = false)");
        sql.run("CREATE TABLE handles (handle text COLLATE any_case PRIMARY KEY, name text)");
        sql.run("INSERT INTO handles VALUES ('abc', 'Ada')");
        create(
                PASSING_ROWS
                        .replace("passing_rows", "handles_of_any_case")
                        .replace("[people]", "[handles]"));
        // Then
        for (int i = 0; i < 3; i++) {
            GetResponse row = read("handles_of_any_case", "handles", text("ABC"));
            assertThat(name(row)).isEqualTo("Ada");
            assertThat(row.getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
        }
    }

    @Test
    void aNamespaceIsDeletedWithoutRedis() {
        // Given
        create(PASSING_ROWS);
        create("namespaces:\n  - name: passing_values\n    client_api: cache\n");
        redis.kill();
        try {
            // When, then rows end by themselves, and values do not
            delete("passing_rows", true);
            refused(() -> delete("passing_values", true), "CACHE_UNAVAILABLE");
        } finally {
            redis.startAgain();
        }
        Awaitility.await()
                .ignoreExceptions()
                .until(
                        () -> {
                            delete("passing_values", true);
                            return true;
                        });
    }

    private static CacheGetRequest get(String key) {
        return CacheGetRequest.newBuilder().setKey(key).build();
    }

    private static SetRequest.Builder set(String key) {
        return SetRequest.newBuilder().setKey(key);
    }

    private static IncrementRequest.Builder increment(String key) {
        return IncrementRequest.newBuilder().setKey(key);
    }
}
