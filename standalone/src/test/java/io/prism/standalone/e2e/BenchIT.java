package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lettuce.core.RedisClient;
import io.prism.bench.BenchCommand;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.database.DatabaseUrl;
import io.prism.standalone.Addresses;
import io.prism.standalone.PrismStandalone;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code prism bench} where it needs a real database, Redis and Connect, with little load. */
final class BenchIT {
    private static final List<String> SCENARIOS =
            List.of("cache-hit", "cache-miss", "invalidation");
    private static final Duration A_WHILE = Duration.ofSeconds(60);

    private final PrismStandalone prism = SharedPrism.get();
    private final SqlLooker sql = sql();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @AfterEach
    void close() {
        sql.close();
    }

    private SqlLooker sql() {
        Server server =
                DatabaseUrl.parse(prism.servers().postgresUrl())
                        .server(Optional.empty(), Optional.empty());
        return new SqlLooker(server.url(), server.user(), server.password());
    }

    private int bench(Path file) {
        List<String> arguments = new ArrayList<>(SCENARIOS);
        option(arguments, "--grpc", Addresses.GRPC);
        option(arguments, "--admin", Addresses.ADMIN);
        option(arguments, "--kafka", Addresses.KAFKA);
        option(arguments, "--postgres-url", Addresses.POSTGRES);
        option(arguments, "--redis-url", Addresses.REDIS);
        option(arguments, "--connect-url", Addresses.CONNECT);
        arguments.addAll(List.of("--rounds", "1", "--round-seconds", "2", "--json"));
        arguments.addAll(List.of("--warmup-seconds", "2", "--concurrency", "4"));
        arguments.addAll(List.of("--read-rate", "20", "--missed-rows", "500"));
        arguments.addAll(List.of("--cached-rows", "50", "--changes", "60", "--change-rate", "20"));
        arguments.addAll(List.of("--write", file.toString()));
        return new CommandLine(new BenchCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.toArray(String[]::new));
    }

    private void option(List<String> arguments, String name, String address) {
        arguments.addAll(List.of(name, prism.addresses().get(address)));
    }

    private List<String> keys() {
        try (RedisClient client = RedisClient.create(prism.servers().redisUrl())) {
            return client.connect().sync().keys("bench-*");
        }
    }

    private List<String> leftInPostgres() {
        return sql.column(
                "SELECT tablename FROM pg_tables WHERE tablename LIKE '%bench%'"
                        + " UNION ALL SELECT pubname FROM pg_publication"
                        + " WHERE pubname LIKE '%bench%'"
                        + " UNION ALL SELECT slot_name FROM pg_replication_slots"
                        + " WHERE slot_name LIKE '%bench%'");
    }

    @Test
    void readsAndChangesAreMeasuredOnBothSidesAndNothingIsLeftBehind(@TempDir Path folder)
            throws Exception {
        // Given
        StringBuilder markers = new StringBuilder();
        SCENARIOS.forEach(
                it -> markers.append("<!-- bench:" + it + " -->\n<!-- /bench:" + it + " -->\n"));
        Path file = Files.writeString(folder.resolve("p.md"), markers);

        // When
        int exit = bench(file);

        // Then
        assertThat(exit).as(out + "\n" + err).isZero();
        JsonNode scenarios = new ObjectMapper().readTree(out.toString()).get("scenarios");
        assertThat(scenarios).hasSize(SCENARIOS.size());
        for (JsonNode scenario : scenarios) {
            assertThat(scenario.get("failed").asBoolean()).isFalse();
            for (JsonNode row : scenario.get("rows")) {
                String metric = row.get("metric").asText();
                if (metric.equals("came from elsewhere")) {
                    assertThat(row.at("/prism/median").asDouble()).isLessThanOrEqualTo(50);
                } else {
                    assertThat(row.at("/prism/median").asDouble()).as(metric).isPositive();
                    assertThat(row.has("baseline")).isEqualTo(!metric.contains("two looks"));
                }
            }
        }
        // A quarter of the changes in the warm-up; one before and two seconds' before each round.
        JsonNode changes = scenarios.get(SCENARIOS.indexOf("invalidation"));
        assertThat(changes.at("/prismCounts/acknowledged").asInt()).isEqualTo(15 + 60 + 2 * 41);
        assertThat(changes.at("/baselineCounts/acknowledged").asInt()).isEqualTo(15 + 60 + 2 * 41);
        assertThat(Files.readString(file))
                .contains("| commit to known p99, ms |", "| closed loop throughput, reads/s |")
                .doesNotContain("FAILED");
        assertThat(keys()).isEmpty();
        // Slot and publication of a namespace go with its connector.
        await().atMost(A_WHILE).untilAsserted(() -> assertThat(leftInPostgres()).isEmpty());
    }
}
