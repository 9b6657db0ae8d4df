package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.ErrorCode;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.RelayedRow;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutboxRelayTopologyTest {
    private static final String DB = "postgres";

    @TempDir private Path state;
    private Harness at;

    @SuppressWarnings("NullAway.Init") // made before each test
    OutboxRelayTopologyTest() {}

    @BeforeEach
    void start() {
        at = new Harness(state);
    }

    @AfterEach
    void stop() {
        at.close();
    }

    private static UUID id(int number) {
        return new UUID(0, number);
    }

    private OutboxRow arrive(int number, @Nullable String namespace, String topic) {
        OutboxRow row = Harness.row(id(number), namespace, topic, "k");
        at.arrive(DB, row);
        return row;
    }

    private static RelayedRow report(int number) {
        return new RelayedRow(DB, "public.outbox", id(number), null);
    }

    /** The only dead row's reason, which the table is told, too. */
    private String onlyDead() {
        List<TestRecord<byte[], byte[]>> dead = at.read(OutboxTopics.DEAD.name());
        assertThat(dead).hasSize(1);
        String error = Harness.headers(dead.getFirst()).getOrDefault(OutboxRow.ERROR, "");
        assertThat(at.reports()).extracting(RelayedRow::error).containsExactly(error);
        return error;
    }

    private static Map<String, String> with(OutboxRow row, String header, @Nullable String value) {
        Map<String, String> headers = row.toHeaders();
        if (value == null) {
            headers.remove(header);
        } else {
            headers.put(header, value);
        }
        return headers;
    }

    private void arriveWith(int number, String header, @Nullable String value) {
        OutboxRow row = Harness.row(id(number), "orders", "created", "k");
        at.arrive(DB, with(row, header, value), row.payload());
    }

    @Test
    void the_topology_is_the_golden_one() throws IOException {
        Path golden = Path.of("src/test/resources/outbox-relay.topology.txt");
        String described =
                OutboxRelayTopology.build(
                                () -> Routes.of(Instant.EPOCH, 0, List.of()),
                                (namespace, topic) -> {},
                                new RelayMetrics() {
                                    @Override
                                    public void published(
                                            NamespaceSpec namespace,
                                            OutboxRow row,
                                            Instant readAt) {}

                                    @Override
                                    public void duplicate(String database) {}

                                    @Override
                                    public void dead(String database, ErrorCode code) {}
                                },
                                OutboxRelayTopology.RETENTION)
                        .describe()
                        .toString();
        if (Boolean.getBoolean("prism.golden.write")) {
            Files.writeString(golden, described);
        }
        assertThat(described)
                .as("a change of names or structure makes stores and topics of a new name")
                .isEqualTo(Files.readString(golden));
    }

    @Test
    void a_row_becomes_a_message_as_the_gateway_would_write_it() {
        // Given
        at.outbox("orders");
        OutboxRow row =
                new OutboxRow(
                        id(1),
                        "public.outbox",
                        "orders",
                        "created",
                        "customer-7",
                        "OrderCreated",
                        "hello".getBytes(UTF_8),
                        "{\"source\": \"shop\", \"count\": 3, \"nested\": {\"a\": [1]}}",
                        "message-1",
                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                        null,
                        null,
                        null,
                        null,
                        null,
                        Harness.START.minusSeconds(3));

        // When
        at.arrive(DB, row);

        // Then
        TestRecord<byte[], byte[]> message = at.read("orders.created").getFirst();
        assertThat(message.key()).isEqualTo("customer-7".getBytes(UTF_8));
        assertThat(message.value()).isEqualTo("hello".getBytes(UTF_8));
        assertThat(message.getRecordTime()).isEqualTo(Harness.START.minusSeconds(3));
        assertThat(Harness.headers(message))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "prism-id", "message-1",
                                "prism-namespace", "orders",
                                "prism-patterns", "outbox@1",
                                "traceparent",
                                        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                                "event_type", "OrderCreated",
                                "source", "shop",
                                "count", "3",
                                "nested", "{\"a\":[1]}"));
        assertThat(at.reports()).containsExactly(report(1));
        assertThat(at.ensured).containsExactly("orders.created");
        assertThat(at.counted).containsExactly("published orders");
    }

    @Test
    void only_topic_and_payload_need_be_given() {
        // Given
        at.outbox("orders");
        at.pass(Duration.ofSeconds(9));

        // When
        at.arrive(
                DB,
                Map.of(
                        OutboxRow.ID, id(1).toString(),
                        OutboxRow.TABLE, "public.outbox",
                        OutboxRow.TOPIC, "created"),
                new byte[] {1});

        // Then
        TestRecord<byte[], byte[]> message = at.read("orders.created").getFirst();
        assertThat(message.key()).isNull();
        assertThat(message.getRecordTime()).isEqualTo(at.now());
        assertThat(Harness.headers(message))
                .containsEntry("prism-id", id(1).toString())
                .containsEntry("prism-namespace", "orders")
                .hasSize(3);
    }

    @Test
    void a_time_of_the_future_is_now() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.CREATED_AT, "2036-01-01T00:00:00Z");
        assertThat(at.read("orders.created").getFirst().getRecordTime()).isEqualTo(at.now());
    }

    @Test
    void rows_leave_in_the_order_in_which_they_came() {
        at.outbox("orders");
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            arrive(i, i % 2 == 0 ? "orders" : null, "created");
            expected.add(id(i).toString());
        }
        assertThat(at.ids("orders.created")).isEqualTo(expected);
    }

    @Test
    void a_row_that_comes_again_is_reported_and_not_relayed() {
        // Given
        at.outbox("orders");
        arrive(1, "orders", "created");

        // When
        at.pass(Harness.RETENTION.minusMinutes(1));
        arrive(1, "orders", "created");

        // Then
        assertThat(at.ids("orders.created")).containsExactly(id(1).toString());
        assertThat(at.reports()).containsExactly(report(1), report(1));
        assertThat(at.counted).containsExactly("published orders", "duplicate postgres");
    }

    @Test
    void a_row_that_comes_again_after_a_restart_is_known() {
        // Given
        at.outbox("orders");
        arrive(1, "orders", "created");
        assertThat(at.ids("orders.created")).hasSize(1);

        // When
        at.restart();
        arrive(1, "orders", "created");
        arrive(2, "orders", "created");

        // Then
        assertThat(at.ids("orders.created")).containsExactly(id(2).toString());
    }

    @Test
    void long_after_the_retention_an_id_is_forgotten() {
        // Given
        at.outbox("orders");
        arrive(1, "orders", "created");

        // When
        at.pass(Harness.RETENTION.multipliedBy(2));
        arrive(1, "orders", "created");

        // Then
        assertThat(at.ids("orders.created")).hasSize(2);
    }

    @Test
    void the_same_id_in_another_table_or_database_is_another_row() {
        // Given
        at.namespace("orders", "patterns: [{type: outbox, database: one}]");
        at.namespace("videos", "patterns: [{type: outbox, database: two}]");

        // When
        OutboxRow row = Harness.row(id(1), null, "created", "k");
        at.arrive("one", row);
        at.arrive("two", row);
        at.arrive(
                "one",
                with(Harness.row(id(1), "orders", "created", "k"), OutboxRow.TABLE, "shop.outbox"),
                row.payload());

        // Then
        assertThat(at.ids("orders.created")).hasSize(2);
        assertThat(at.ids("videos.created")).hasSize(1);
        assertThat(at.reports())
                .extracting(RelayedRow::key)
                .containsExactly("one/public.outbox", "two/public.outbox", "one/shop.outbox");
    }

    @Test
    void without_a_namespace_the_only_one_of_the_table_is_meant() {
        at.namespace("orders", "patterns: [{type: outbox, table: shop.orders_outbox}]");
        at.namespace("videos", "patterns: [{type: outbox}]");
        OutboxRow row = Harness.row(id(1), null, "created", "k");
        at.arrive(DB, with(row, OutboxRow.TABLE, "shop.orders_outbox"), row.payload());
        arrive(2, null, "created");
        assertThat(at.ids("orders.created")).containsExactly(id(1).toString());
        assertThat(at.ids("videos.created")).containsExactly(id(2).toString());
    }

    @Test
    void without_a_namespace_and_with_several_for_the_table_a_row_is_dead() {
        at.outbox("orders");
        at.outbox("videos");
        arrive(1, null, "created");
        assertThat(onlyDead()).startsWith("NAMESPACE_AMBIGUOUS: ").contains("orders, videos");
    }

    @Test
    void a_row_waits_for_its_namespace_and_holds_up_no_others() {
        // Given
        at.outbox("videos");
        at.following(false);

        // When
        arrive(1, "orders", "created");
        arrive(2, "videos", "seen");
        arrive(3, "orders", "created");

        // Then
        at.pass(Duration.ofSeconds(20));
        assertThat(at.ids("videos.seen")).containsExactly(id(2).toString());
        assertThat(at.read(OutboxTopics.DEAD.name())).isEmpty();

        // When: it becomes known just before the next row is read
        at.outbox("orders");
        arrive(4, "orders", "created");

        // Then
        assertThat(at.ids("orders.created"))
                .containsExactly(id(1).toString(), id(3).toString(), id(4).toString());
        at.pass(Duration.ofMinutes(1));
        assertThat(at.ids("orders.created")).isEmpty();
    }

    @Test
    void a_row_whose_namespace_never_comes_is_dead_after_a_while() {
        // Given
        arrive(1, "orders", "created");

        // When
        at.pass(OutboxRelayProcessor.PATIENCE.minusSeconds(1));
        assertThat(at.read(OutboxTopics.DEAD.name())).isEmpty();
        at.pass(Duration.ofSeconds(2));

        // Then
        assertThat(onlyDead()).startsWith("NAMESPACE_NOT_FOUND: ");

        // When: it is mended, and sent again
        at.outbox("orders");
        arrive(1, "orders", "created");

        // Then
        assertThat(at.ids("orders.created")).containsExactly(id(1).toString());
    }

    @Test
    void a_row_cannot_name_a_namespace_of_another_database() {
        at.namespace("orders", "patterns: [{type: outbox, database: other}]");
        arrive(1, "orders", "created");
        at.pass(OutboxRelayProcessor.PATIENCE.plusSeconds(1));
        assertThat(onlyDead()).startsWith("NAMESPACE_INVALID: ").contains("other");
    }

    @Test
    void a_namespace_without_an_outbox_takes_no_rows() {
        at.namespace("orders", "patterns: [{type: claim-check}]");
        arrive(1, "orders", "created");
        at.pass(OutboxRelayProcessor.PATIENCE.plusSeconds(1));
        assertThat(onlyDead()).startsWith("NAMESPACE_NOT_FOUND: ");
    }

    @Test
    void a_dead_row_is_kept_as_it_was_and_the_rest_goes_on() {
        // Given
        at.outbox("orders");
        arrive(1, "orders", "created");
        OutboxRow bad = arrive(2, "orders", "no topic!");
        arrive(3, "orders", "created");

        // Then
        assertThat(at.ids("orders.created")).containsExactly(id(1).toString(), id(3).toString());
        TestRecord<byte[], byte[]> dead = at.read(OutboxTopics.DEAD.name()).getFirst();
        assertThat(dead.value()).isEqualTo(bad.payload());
        Map<String, String> headers = Harness.headers(dead);
        assertThat(headers.remove(OutboxRow.ERROR)).startsWith("TOPIC_INVALID: ");
        assertThat(OutboxRow.of(headers, dead.value()).topic()).isEqualTo("no topic!");
        assertThat(at.counted)
                .containsExactly(
                        "published orders", "dead postgres TOPIC_INVALID", "published orders");
    }

    @Test
    void a_topic_outside_the_namespace_is_dead() {
        at.namespace(
                "orders", "patterns: [{type: outbox}], backend: {type: kafka, topic: only-one}");
        arrive(1, "orders", "another");
        assertThat(onlyDead()).startsWith("TOPIC_NOT_IN_NAMESPACE: ");
        arrive(2, "orders", "only-one");
        assertThat(at.ids("only-one")).containsExactly(id(2).toString());
    }

    @Test
    void a_row_without_topic_is_dead() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.TOPIC, null);
        assertThat(onlyDead()).startsWith("TOPIC_INVALID: ");
    }

    @Test
    void headers_that_are_no_object_are_dead() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.HEADERS, "[\"a\"]");
        assertThat(onlyDead()).startsWith("MESSAGE_MALFORMED: ");
        arriveWith(2, OutboxRow.HEADERS, "{\"a\"");
        assertThat(onlyDead()).startsWith("MESSAGE_MALFORMED: ");
    }

    @Test
    void reserved_headers_are_dead() {
        at.outbox("orders");
        for (String name : List.of("prism-id", "claim_check_id", "payload_size")) {
            arriveWith(1, OutboxRow.HEADERS, "{\"" + name + "\": \"forged\"}");
            assertThat(onlyDead()).startsWith("METADATA_RESERVED: ");
        }
    }

    @Test
    void headers_without_a_name_or_too_large_are_dead() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.HEADERS, "{\"\": \"x\"}");
        assertThat(onlyDead()).startsWith("FIELD_INVALID: ");
        arriveWith(2, OutboxRow.HEADERS, "{\"large\": \"" + "x".repeat(300_000) + "\"}");
        assertThat(onlyDead()).startsWith("METADATA_TOO_LARGE: ");
    }

    @Test
    void a_payload_over_the_limit_is_dead_and_one_at_the_limit_is_not() {
        at.outbox("orders");
        OutboxRow row = Harness.row(id(1), "orders", "created", "k");
        at.arrive(DB, row.toHeaders(), new byte[(1 << 20) + 1]);
        assertThat(onlyDead()).startsWith("PAYLOAD_TOO_LARGE: ");
        at.arrive(DB, row.toHeaders(), new byte[1 << 20]);
        assertThat(at.ids("orders.created")).hasSize(1);
    }

    @Test
    void what_is_no_row_is_dead() {
        // When
        at.arrive(DB, Map.of("some", "header"), new byte[] {1});

        // Then
        TestRecord<byte[], byte[]> dead = at.read(OutboxTopics.DEAD.name()).getFirst();
        assertThat(Harness.headers(dead).getOrDefault(OutboxRow.ERROR, ""))
                .startsWith("RECORD_UNREADABLE: ");
        assertThat(at.reports()).isEmpty();

        // When: it has an id, and so can be marked
        at.outbox("orders");
        arriveWith(1, OutboxRow.CREATED_AT, "yesterday");
        assertThat(onlyDead()).startsWith("RECORD_UNREADABLE: ");
    }

    @Test
    void a_row_that_its_source_found_broken_is_dead_with_the_sources_reason() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.ERROR, "MESSAGE_TOO_LARGE: it has more than fit");
        assertThat(onlyDead()).isEqualTo("MESSAGE_TOO_LARGE: it has more than fit");
        assertThat(at.counted).containsExactly("dead postgres MESSAGE_TOO_LARGE");
        assertThat(at.read("orders.created")).isEmpty();
    }

    @Test
    void a_topic_that_can_never_be_made_is_dead_and_one_that_cannot_be_made_now_is_tried_again() {
        // Given
        at.outbox("orders");
        at.refusal = ErrorCode.TOPIC_LIMIT_REACHED;
        arrive(1, "orders", "created");
        assertThat(onlyDead()).startsWith("TOPIC_LIMIT_REACHED: ");

        // When
        at.refusal = ErrorCode.BACKEND_UNAVAILABLE;
        assertThatThrownBy(() -> arrive(2, "orders", "created"))
                .rootCause()
                .hasMessageContaining("the cluster says no");
    }

    private void claimed(int number, String prefix) {
        UUID claim = UUID.fromString("019aab12-0000-7000-8000-000000000001");
        Map<String, String> headers = Harness.row(id(number), "videos", "clips", "k").toHeaders();
        headers.put(OutboxRow.CLAIM_ID, claim.toString());
        headers.put(OutboxRow.CLAIM_KEY, prefix + claim);
        headers.put(OutboxRow.CLAIM_SIZE, "5000000");
        headers.put(OutboxRow.CLAIM_SHA256, "ab".repeat(32));
        headers.put(OutboxRow.CLAIM_ENCODING, "identity");
        at.arrive(DB, headers, new byte[0]);
    }

    @Test
    void a_claimed_row_becomes_a_claimed_record() {
        // Given
        at.namespace(
                "videos", "patterns: [{type: outbox}, {type: claim-check, metadata_field: ref}]");

        // When
        claimed(1, "videos/");

        // Then
        TestRecord<byte[], byte[]> message = at.read("videos.clips").getFirst();
        assertThat(message.value()).isEmpty();
        assertThat(Harness.headers(message))
                .containsEntry("prism-patterns", "outbox@1,claim-check@1")
                .containsEntry("claim_check_id", "019aab12-0000-7000-8000-000000000001")
                .containsEntry("claim_check_key", "videos/019aab12-0000-7000-8000-000000000001")
                .containsEntry("payload_size", "5000000")
                .containsEntry("claim_check_encoding", "identity")
                .containsEntry("ref", "019aab12-0000-7000-8000-000000000001");
    }

    private List<ClaimEvent> claims() {
        return at.read(LifecycleTopics.EVENTS.name()).stream()
                .map(record -> ClaimCodec.readEvent(record.value()))
                .toList();
    }

    @Test
    void a_claim_that_goes_when_it_is_consumed_is_announced_as_of_now_and_once() {
        // Given
        at.namespace("videos", "patterns: [{type: outbox}, {type: claim-check}]");
        at.pass(Duration.ofHours(1));

        // When
        claimed(1, "videos/");
        claimed(1, "videos/");

        // Then
        UUID claim = UUID.fromString("019aab12-0000-7000-8000-000000000001");
        assertThat(claims())
                .containsExactly(
                        new ClaimEvent.Published(
                                new ClaimKey(new NamespaceName("videos"), claim),
                                "videos/" + claim,
                                "clips",
                                at.now()));
    }

    @Test
    void claims_that_stay_until_their_ttl_are_not_announced_nor_are_dead_ones() {
        at.namespace(
                "videos",
                "patterns: [{type: outbox}, {type: claim-check, cleanup: {strategy: ttl}}]");
        claimed(1, "videos/");
        at.namespace("videos", "patterns: [{type: outbox}, {type: claim-check}]");
        claimed(2, "other/");
        arrive(3, "videos", "clips");
        assertThat(at.read("videos.clips")).hasSize(2);
        assertThat(claims()).isEmpty();
    }

    @Test
    void a_claim_outside_its_namespace_is_dead() {
        at.namespace("videos", "patterns: [{type: outbox}, {type: claim-check}]");
        claimed(1, "other/");
        assertThat(onlyDead()).startsWith("PAYLOAD_REF_INVALID: ");
        assertThat(at.read("videos.clips")).isEmpty();
    }

    @Test
    void a_claim_in_a_namespace_without_claim_check_is_dead() {
        at.outbox("videos");
        claimed(1, "videos/");
        assertThat(onlyDead()).startsWith("PAYLOAD_REF_INVALID: ");
    }

    @Test
    void an_incomplete_claim_or_one_beside_a_payload_is_dead() {
        at.namespace("orders", "patterns: [{type: outbox}, {type: claim-check}]");
        arriveWith(1, OutboxRow.CLAIM_ID, "019aab12-0000-7000-8000-000000000001");
        assertThat(onlyDead()).startsWith("PAYLOAD_REF_INVALID: ");
    }

    @Test
    void a_message_that_never_was_a_row_is_relayed_and_not_reported() {
        at.outbox("orders");
        arriveWith(1, OutboxRow.TABLE, null);
        arriveWith(1, OutboxRow.TABLE, null);
        assertThat(at.ids("orders.created")).hasSize(1);
        assertThat(at.reports()).isEmpty();
    }
}
