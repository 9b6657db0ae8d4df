package io.prism.connectors.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.outbox.OutboxMessage;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxRowsTest {
    private static final String ID = "019a0000-0000-7000-8000-000000000001";
    private static final Schema TEXT = Schema.OPTIONAL_STRING_SCHEMA;
    private static final Schema ROW =
            SchemaBuilder.struct()
                    .name("prism.cdc.orders_db.public.outbox.Value")
                    .optional()
                    .field("id", TEXT)
                    .field("namespace", TEXT)
                    .field("topic", TEXT)
                    .field("key", TEXT)
                    .field("event_type", TEXT)
                    .field("payload", Schema.OPTIONAL_BYTES_SCHEMA)
                    .field("headers", TEXT)
                    .field("message_id", TEXT)
                    .field("traceparent", TEXT)
                    .field("claim_check_id", TEXT)
                    .field("payload_size", Schema.OPTIONAL_INT64_SCHEMA)
                    .field("claim_check_sha256", TEXT)
                    .field("claim_check_encoding", TEXT)
                    .field("claim_check_key", TEXT)
                    .field("created_at", TEXT)
                    .field("published_at", TEXT)
                    .field("error", TEXT)
                    .build();
    private static final Schema SOURCE =
            SchemaBuilder.struct()
                    .field("schema", Schema.STRING_SCHEMA)
                    .field("table", Schema.STRING_SCHEMA)
                    .build();

    private final OutboxRows<SourceRecord> transform = new OutboxRows<>();

    @BeforeEach
    void configure() {
        transform.configure(Map.of("database", "orders_db"));
    }

    private static Schema envelope(Schema row) {
        return SchemaBuilder.struct()
                .name("Envelope")
                .field("before", row)
                .field("after", row)
                .field("source", SOURCE)
                .field("op", Schema.STRING_SCHEMA)
                .build();
    }

    private static SourceRecord event(String op, @Nullable Struct after, Schema row) {
        Schema schema = envelope(row);
        Struct value =
                new Struct(schema)
                        .put("after", after)
                        .put(
                                "source",
                                new Struct(SOURCE).put("schema", "public").put("table", "outbox"))
                        .put("op", op);
        return record("prism.cdc.orders_db.public.outbox", schema, value);
    }

    private static SourceRecord record(String topic, Schema schema, @Nullable Object value) {
        return new SourceRecord(
                Map.of("server", "s"),
                Map.of("lsn", 5L, "lsn_proc", 5L),
                topic,
                Schema.STRING_SCHEMA,
                "key",
                schema,
                value);
    }

    private static Struct row() {
        return new Struct(ROW).put("id", ID).put("topic", "orders.created");
    }

    private SourceRecord applied(SourceRecord record) {
        SourceRecord result = transform.apply(record);
        assertThat(result).isNotNull();
        return java.util.Objects.requireNonNull(result);
    }

    private static Map<String, String> headers(SourceRecord record) {
        Map<String, String> headers = new TreeMap<>();
        record.headers().forEach(header -> headers.put(header.key(), (String) header.value()));
        return headers;
    }

    @ParameterizedTest
    @ValueSource(strings = {"c", "r"})
    void anInsertedRowBecomesARecordOfTheDatabasesTopic(String op) {
        // Given
        Struct full =
                row().put("namespace", "orders")
                        .put("key", "k")
                        .put("event_type", "created")
                        .put("payload", ByteBuffer.wrap("payload".getBytes(UTF_8)))
                        .put("headers", "{\"a\": \"b\"}")
                        .put("message_id", "m")
                        .put("traceparent", "00-1")
                        .put("claim_check_id", ID)
                        .put("payload_size", 5_000_000L)
                        .put("claim_check_sha256", "ab")
                        .put("claim_check_encoding", "identity")
                        .put("claim_check_key", "orders/x")
                        .put("created_at", "2026-11-22T11:00:00.123456+01:00");

        // When
        SourceRecord record = applied(event(op, full, ROW));

        // Then
        assertThat(record.topic()).isEqualTo("prism.outbox.rows.orders_db");
        assertThat(record.kafkaPartition()).isZero();
        assertThat(record.key()).isNull();
        assertThat(record.valueSchema().type()).isEqualTo(Schema.Type.BYTES);
        assertThat((byte[]) record.value()).isEqualTo("payload".getBytes(UTF_8));
        assertThat(headers(record))
                .containsExactlyInAnyOrderEntriesOf(
                        OutboxRow.of(headers(record), new byte[0]).toHeaders());
        OutboxRow read = OutboxRow.of(headers(record), (byte[]) record.value());
        assertThat(read.id()).isEqualTo(UUID.fromString(ID));
        assertThat(read.table()).isEqualTo("public.outbox");
        assertThat(read.claimSize()).isEqualTo("5000000");
        assertThat(read.createdAt()).hasToString("2026-11-22T10:00:00.123456Z");
        assertThat(record.sourceOffset().get("lsn")).isEqualTo(5L);
    }

    @Test
    void whatIsNullHasNoHeader() {
        SourceRecord record = applied(event("c", row(), ROW));

        assertThat(headers(record))
                .containsOnlyKeys(OutboxRow.ID, OutboxRow.TABLE, OutboxRow.TOPIC);
        assertThat(record.value()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"u", "d", "t"})
    void whatElseHappensToARowIsDropped(String op) {
        assertThat(transform.apply(event(op, op.equals("u") ? row() : null, ROW))).isNull();
    }

    @Test
    void otherTablesAndValuesPassAsTheyAre() {
        Schema other =
                SchemaBuilder.struct().optional().field("id", TEXT).field("topic", TEXT).build();
        SourceRecord change = event("u", new Struct(other).put("id", "1"), other);
        SourceRecord bytes = record("t", Schema.BYTES_SCHEMA, new byte[] {1});
        SourceRecord tombstone = record("t", Schema.OPTIONAL_STRING_SCHEMA, null);

        assertThat(transform.apply(change)).isSameAs(change);
        assertThat(transform.apply(bytes)).isSameAs(bytes);
        assertThat(transform.apply(tombstone)).isSameAs(tombstone);
    }

    @Test
    void columnsOfOtherTypesGoOnAsText() {
        // Given
        SchemaBuilder builder = SchemaBuilder.struct().optional();
        for (String mark : OutboxTable.MARKS) {
            builder.field(mark, mark.equals("id") ? Schema.INT64_SCHEMA : TEXT);
        }
        Schema odd =
                builder.field(
                                "created_at",
                                SchemaBuilder.int64()
                                        .name("io.debezium.time.MicroTimestamp")
                                        .optional()
                                        .build())
                        .build();
        Struct row =
                new Struct(odd).put("id", 7L).put("payload", "text").put("created_at", 1_500_000L);

        // When
        SourceRecord record = applied(event("c", row, odd));

        // Then
        assertThat(headers(record))
                .containsEntry(OutboxRow.ID, "7")
                .containsEntry(OutboxRow.CREATED_AT, "1970-01-01T00:00:01.500Z");
        assertThat((byte[]) record.value()).isEqualTo("text".getBytes(UTF_8));
    }

    @Test
    void aRowThatFitsNoRecordGoesOnWithoutItsPayloadAndSaysSo() {
        transform.configure(Map.of("database", "orders_db", "max.bytes", "1024"));

        SourceRecord payload = applied(event("c", row().put("payload", new byte[2_000]), ROW));
        SourceRecord header = applied(event("c", row().put("headers", "x".repeat(2_000)), ROW));

        for (SourceRecord record : List.of(payload, header)) {
            assertThat((byte[]) record.value()).isEmpty();
            assertThat(headers(record)).containsEntry(OutboxRow.ID, ID);
            assertThat(headers(record).get(OutboxRow.ERROR)).startsWith("MESSAGE_TOO_LARGE: ");
        }
        assertThat(headers(payload)).containsKey(OutboxRow.TOPIC);
        assertThat(headers(header)).doesNotContainKey(OutboxRow.HEADERS);
    }

    private static SourceRecord message(String prefix, byte @Nullable [] content) {
        Schema block =
                SchemaBuilder.struct()
                        .field("prefix", TEXT)
                        .field("content", Schema.OPTIONAL_BYTES_SCHEMA)
                        .build();
        Schema schema =
                SchemaBuilder.struct()
                        .field("op", Schema.STRING_SCHEMA)
                        .field("message", block)
                        .build();
        return record(
                "prism.cdc.orders_db.message",
                schema,
                new Struct(schema)
                        .put("op", "m")
                        .put(
                                "message",
                                new Struct(block).put("prefix", prefix).put("content", content)));
    }

    @Test
    void aMessageOfAnOutboxWithoutTableBecomesTheSameRecord() {
        Map<String, String> headers = Map.of(OutboxRow.ID, ID, OutboxRow.TOPIC, "t");
        byte[] content = new OutboxMessage(headers, new byte[] {1, 2}).encode();

        SourceRecord record = applied(message("prism.outbox", content));

        assertThat(record.topic()).isEqualTo("prism.outbox.rows.orders_db");
        assertThat(headers(record)).isEqualTo(headers);
        assertThat((byte[]) record.value()).containsExactly(1, 2);
    }

    @Test
    void aMessageThatCannotBeReadGoesOnWithTheReason() {
        SourceRecord record = applied(message("prism.outbox", new byte[] {9}));
        SourceRecord empty = applied(message("prism.outbox", null));

        assertThat((byte[]) record.value()).containsExactly(9);
        assertThat(headers(record).get(OutboxRow.ERROR)).startsWith("RECORD_UNREADABLE: ");
        assertThat(headers(empty).get(OutboxRow.ERROR)).startsWith("RECORD_UNREADABLE: ");
    }

    @Test
    void othersMessagesPassAndPrismsOwnHeartbeatsDoNot() {
        SourceRecord other = message("theirs", new byte[] {1});

        assertThat(transform.apply(other)).isSameAs(other);
        assertThat(transform.apply(message("prism.heartbeat", new byte[] {1}))).isNull();
    }

    @Test
    void aHeartbeatFromBeforeAnythingWasReadIsDropped() {
        Schema schema =
                SchemaBuilder.struct()
                        .name("io.debezium.connector.common.Heartbeat")
                        .field("ts_ms", Schema.INT64_SCHEMA)
                        .build();
        Struct value = new Struct(schema).put("ts_ms", 1L);
        SourceRecord early =
                new SourceRecord(
                        Map.of("server", "s"),
                        Map.of("lsn", 9L),
                        "hb",
                        0,
                        null,
                        null,
                        schema,
                        value);
        SourceRecord later = record("hb", schema, value);

        assertThat(transform.apply(early)).isNull();
        assertThat(transform.apply(later)).isSameAs(later);
    }

    @Test
    void itNeedsADatabase() {
        assertThatThrownBy(() -> new OutboxRows<SourceRecord>().configure(Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("database");
    }
}
