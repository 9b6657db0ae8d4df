package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prism.standalone.PrismStandalone;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Many rows, one after the other: PostgreSQL keeps little of its log. With {@code
 * -Dprism.rows=1000000}, which takes longer than the retention, the table is seen to stay flat, and
 * to be empty in the end.
 */
final class OutboxBulkIT {
    private static final int ROWS = 20_000;

    /** Takes minutes. */
    private static final int LONG = 500_000;

    private static final int PER_TRANSACTION = 100;

    /** So much may be on its way at a time. */
    private static final int AHEAD = 5_000;

    private static final int SAMPLES = 10;
    private static final Duration A_WHILE = Duration.ofMinutes(3);
    private static final long MIB = 1 << 20;

    private final PrismStandalone prism = SharedPrism.get();

    private record Sample(long rows, long tableBytes, long retainedBytes) {
        @Override
        public String toString() {
            return "%,d rows: table %.1f MiB, retained log %.1f MiB"
                    .formatted(rows, (double) tableBytes / MIB, (double) retainedBytes / MIB);
        }
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    /** Published or not: the log's position of the slot shows how much is kept for it. */
    private static Sample sample(Connection connection, long rows) throws SQLException {
        return new Sample(
                rows,
                number(connection, "SELECT pg_total_relation_size('outbox_bulk')"),
                number(
                        connection,
                        "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint FROM"
                                + " pg_replication_slots WHERE slot_name = 'prism_postgres'"));
    }

    private static long open(Connection connection) throws SQLException {
        return number(connection, "SELECT count(*) FROM outbox_bulk WHERE published_at IS NULL");
    }

    @Test
    void theTableStaysFlatAndTheLogBounded() throws SQLException {
        int rows = Integer.getInteger("prism.rows", ROWS);
        List<Sample> samples = new ArrayList<>();
        try (TestClient client = TestClient.of(prism);
                Connection connection =
                        DriverManager.getConnection(prism.servers().postgresJdbcUrl())) {
            client.create(
                    """
                    namespaces:
                      - name: outbox-bulk
                        client_api: pubsub
                        patterns: [{type: outbox, table: outbox_bulk, retention: 1m}]
                        backend: kafka
                    """);
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO outbox_bulk (topic, key, payload) SELECT 't', (n % 16)::text,"
                                    + " decode(repeat(md5(n::text), 31), 'hex') FROM"
                                    + " generate_series(?::int, ?::int) AS n")) {
                // When
                for (int sent = 0; sent < rows; sent += PER_TRANSACTION) {
                    insert.setInt(1, sent);
                    insert.setInt(2, sent + PER_TRANSACTION - 1);
                    insert.executeUpdate();
                    if (sent % AHEAD == 0) {
                        await().atMost(A_WHILE).until(() -> open(connection) < AHEAD);
                    }
                    if ((sent + PER_TRANSACTION) % (rows / SAMPLES) == 0) {
                        samples.add(sample(connection, sent + PER_TRANSACTION));
                        System.out.println(Instant.now() + " " + samples.getLast());
                    }
                }
            }
            await().atMost(A_WHILE).until(() -> open(connection) == 0);
            // Then: after the first half nothing grows any more, where that took the retention
            if (rows >= LONG) {
                assertThat(samples.getLast().tableBytes)
                        .as("table: " + samples)
                        .isLessThan(samples.get(SAMPLES / 2 - 1).tableBytes * 3 / 2);
                await().atMost(A_WHILE)
                        .until(() -> number(connection, "SELECT count(*) FROM outbox_bulk") == 0);
            }
            assertThat(samples).allMatch(one -> one.retainedBytes < 512 * MIB);
            assertThat(KafkaLooker.count(prism.servers().kafkaBootstrap(), "outbox-bulk.t"))
                    .isEqualTo(rows);
        }
    }
}
