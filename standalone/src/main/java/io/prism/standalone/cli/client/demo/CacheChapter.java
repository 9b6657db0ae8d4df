package io.prism.standalone.cli.client.demo;

import com.google.protobuf.Value;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.ServedBy;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/** Rows come from Redis, and another application's change is seen all the same. */
final class CacheChapter implements Chapter {
    private static final String DATABASE = "postgres";
    private static final Duration TTL = Duration.ofMinutes(15);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public String name() {
        return "cache";
    }

    @Override
    public String title() {
        return "rows come from Redis, and are fresh a moment after anybody's commit";
    }

    @Override
    public void tell(Stage stage) throws StatusException, InterruptedException {
        String namespace = stage.namespaceName(this);
        String table = namespace.replace('-', '_') + "_users";
        try (PostgresView postgres = stage.postgres();
                RedisView redis = stage.redis()) {
            declare(stage, postgres, namespace, table);
            Profiles profiles = new Profiles(stage, namespace, table);
            read(stage, redis, namespace, profiles);
            others(stage, postgres, profiles);
            gone(stage, redis, namespace);
        }
    }

    /** What the application reads. */
    private record Profiles(Stage stage, String namespace, String table) {
        GetResponse get(int id) throws StatusException {
            return stage.reader(namespace)
                    .withDeadlineAfter(ServerOptions.callTimeout())
                    .get(
                            GetRequest.newBuilder()
                                    .setCollection(table)
                                    .setId(Value.newBuilder().setNumberValue(id))
                                    .build());
        }
    }

    private static void declare(Stage stage, PostgresView postgres, String namespace, String table)
            throws StatusException {
        Narrator narrator = stage.narrator();
        String document =
                """
                namespaces:
                  - name: %s
                    client_api: reader
                    patterns:
                      - type: cache
                        strategy: look-aside
                        ttl: %d
                        key_pattern: "user:{id}:profile"
                      - type: cdc
                        source: {database: %s, table: %s}
                        snapshot: never
                        consumers:
                          - name: cache-invalidator
                            type: cache_invalidator
                            operations: [UPDATE, DELETE]
                            key_extractor: "user:{after.id}:profile"
                    backend: {type: postgres, database: %s}
                """
                        .formatted(namespace, TTL.toSeconds(), DATABASE, table, DATABASE);
        narrator.step("An application's table is read through a cache");
        narrator.show(document);
        stage.onClose(
                () -> {
                    try (PostgresView last = stage.postgres()) {
                        last.commit(
                                one -> PostgresView.execute(one, "DROP TABLE IF EXISTS " + table));
                    }
                });
        postgres.commit(
                one -> {
                    PostgresView.execute(
                            one, "CREATE TABLE " + table + " (id int PRIMARY KEY, name text)");
                    PostgresView.execute(
                            one, "INSERT INTO " + table + " VALUES (1, 'Ada'), (2, 'Alan')");
                });
        stage.create(document);
        narrator.say("Prism made of it:");
        narrator.show(stage.explain(namespace));
    }

    private static void read(Stage stage, RedisView redis, String namespace, Profiles profiles)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("A row is read, and read again");
        GetResponse first = profiles.get(1);
        narrator.check(
                "the first time it comes from the database",
                name(first).equals("Ada") && served(ServedBy.SERVED_BY_DATABASE).test(first));
        GetResponse second =
                Eventually.see(() -> profiles.get(1), served(ServedBy.SERVED_BY_CACHE), PATIENCE);
        narrator.check(
                "then from the cache",
                name(second).equals("Ada") && served(ServedBy.SERVED_BY_CACHE).test(second));
        String key = "prism:{" + namespace + "}:user:1:profile";
        Duration left = redis.lifetime(key);
        narrator.say("redis-cli pttl " + key + ": " + left.toMillis());
        narrator.check(
                "Redis has it for a quarter of an hour at most",
                left.isPositive() && left.compareTo(TTL) <= 0);
    }

    private static void others(Stage stage, PostgresView postgres, Profiles profiles)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        String table = profiles.table();
        narrator.step("Another application, which knows nothing of Prism, changes rows with SQL");
        String update = "UPDATE " + table + " SET name = 'Ada Lovelace' WHERE id = 1";
        narrator.show(update);
        fresh(
                stage,
                "the new name is read",
                () -> postgres.commit(one -> PostgresView.execute(one, update)),
                () -> profiles.get(1),
                row -> name(row).equals("Ada Lovelace"));
        see(profiles, 2, row -> name(row).equals("Alan"));
        String move = "UPDATE " + table + " SET id = 3 WHERE id = 2";
        narrator.show(move);
        fresh(
                stage,
                "there is no row under the old key any more",
                () -> postgres.commit(one -> PostgresView.execute(one, move)),
                () -> profiles.get(2),
                row -> !row.getFound());
        narrator.check(
                "it is under the new one", see(profiles, 3, row -> name(row).equals("Alan")));
        String delete = "DELETE FROM " + table + " WHERE id = 1";
        narrator.show(delete);
        fresh(
                stage,
                "a deleted row is not found",
                () -> postgres.commit(one -> PostgresView.execute(one, delete)),
                () -> profiles.get(1),
                row -> !row.getFound());
    }

    /** Whether a row is as expected, and in the cache so. */
    private static boolean see(Profiles profiles, int id, Predicate<GetResponse> expected)
            throws StatusException, InterruptedException {
        Predicate<GetResponse> cached = expected.and(served(ServedBy.SERVED_BY_CACHE));
        return cached.test(Eventually.see(() -> profiles.get(id), cached, PATIENCE));
    }

    private static void fresh(
            Stage stage,
            String claim,
            Runnable change,
            Eventually.Look<GetResponse> look,
            Predicate<GetResponse> expected)
            throws StatusException, InterruptedException {
        change.run();
        long committed = System.nanoTime();
        GetResponse seen = Eventually.see(look, expected, PATIENCE, Duration.ofMillis(1));
        Duration took = Duration.ofNanos(System.nanoTime() - committed);
        stage.narrator().check(claim, expected.test(seen));
        stage.narrator().say("Seen " + Units.human(took) + " after the commit.");
    }

    private static void gone(Stage stage, RedisView redis, String namespace)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("Deleting the namespace with its data leaves nothing behind");
        if (stage.keep()) {
            narrator.say("Kept, as asked: namespace " + namespace);
            return;
        }
        stage.undoLast();
        try (KafkaView kafka = stage.kafka()) {
            List<String> topics =
                    Eventually.see(() -> kafka.topics(namespace + "."), List::isEmpty, PATIENCE);
            narrator.check("its topic of changes is gone", topics.isEmpty());
        }
        List<String> keys =
                Eventually.see(
                        () -> redis.keys("prism:{" + namespace + "}:*"), List::isEmpty, PATIENCE);
        narrator.check("no row of it is left in Redis", keys.isEmpty());
    }

    private static Predicate<GetResponse> served(ServedBy by) {
        return response -> response.getServedBy() == by;
    }

    private static String name(GetResponse response) {
        return response.getRow()
                .getValuesOrDefault("name", Value.getDefaultInstance())
                .getStringValue();
    }
}
