package io.prism.connectors.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeEventsTest {
    private static final Schema ROW =
            SchemaBuilder.struct()
                    .optional()
                    .field(
                            "id",
                            SchemaBuilder.int64()
                                    .parameter("__debezium.source.column.type", "INT8")
                                    .build())
                    .field("name", Schema.OPTIONAL_STRING_SCHEMA)
                    .build();
    private static final Schema SOURCE =
            SchemaBuilder.struct()
                    .field("schema", Schema.STRING_SCHEMA)
                    .field("table", Schema.STRING_SCHEMA)
                    .build();
    private static final Schema ENVELOPE =
            SchemaBuilder.struct()
                    .name("Envelope")
                    .field("before", ROW)
                    .field("after", ROW)
                    .field("source", SOURCE)
                    .field("op", Schema.STRING_SCHEMA)
                    .build();

    private final ChangeEvents<SourceRecord> transform = new ChangeEvents<>();

    @BeforeEach
    void configure() {
        transform.configure(
                Map.of(
                        "topic", "changes",
                        "signals", "public.prism_cdc_people",
                        "columns", "id,name,gone"));
    }

    private static SourceRecord event(String op, String table, @Nullable Struct after) {
        return record(
                ENVELOPE,
                new Struct(ENVELOPE)
                        .put("after", after)
                        .put(
                                "source",
                                new Struct(SOURCE).put("schema", "public").put("table", table))
                        .put("op", op));
    }

    private static SourceRecord record(Schema schema, @Nullable Object value) {
        return new SourceRecord(
                Map.of("server", "s"),
                Map.of("lsn", 5L, "lsn_proc", 5L),
                "prism.changes.db.ns.public.users",
                Schema.STRING_SCHEMA,
                "key",
                schema,
                value);
    }

    @Test
    void aChangeGoesToTheTopicAsItIsWithItsKey() {
        SourceRecord event = event("u", "users", new Struct(ROW).put("id", 1L));

        SourceRecord routed = Objects.requireNonNull(transform.apply(event));

        assertThat(routed.topic()).isEqualTo("changes");
        assertThat(routed.key()).isEqualTo("key");
        assertThat(routed.value()).isSameAs(event.value());
        assertThat(routed.kafkaPartition()).isNull();
        assertThat(routed.headers().lastWithName(ChangeEvents.TYPES).value()).isEqualTo("id=int8");
        assertThat(routed.sourceOffset()).isEqualTo(event.sourceOffset());
    }

    @Test
    void aTruncateGoesToTheFirstPartition() {
        assertThat(Objects.requireNonNull(transform.apply(event("t", "users", null))))
                .extracting(SourceRecord::topic, SourceRecord::kafkaPartition)
                .containsExactly("changes", 0);
    }

    @Test
    void whatIsAboutTheCaptureIsDropped() {
        assertThat(transform.apply(event("c", "prism_cdc_people", null))).isNull();
        assertThat(transform.apply(event("m", "users", null))).isNull();
        assertThat(transform.apply(record(ENVELOPE, null))).isNull();
    }

    @Test
    void heartbeatsPassUnlessTheyTellAPositionThatWasNotRead() {
        Schema heartbeat =
                SchemaBuilder.struct().name("io.debezium.connector.common.Heartbeat").build();
        SourceRecord read = record(heartbeat, new Struct(heartbeat));
        SourceRecord unread =
                new SourceRecord(
                        Map.of(), Map.of("lsn", 5L), "h", heartbeat, new Struct(heartbeat));

        assertThat(transform.apply(read)).isSameAs(read);
        assertThat(transform.apply(unread)).isNull();
    }
}
