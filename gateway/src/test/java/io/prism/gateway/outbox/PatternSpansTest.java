package io.prism.gateway.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.record.RecordHead;
import io.prism.core.trace.Trace;
import io.prism.gateway.backend.LogBackend.TopicSettings;
import io.prism.gateway.backend.memory.MemoryLog;
import io.prism.gateway.claimcheck.ClaimChecks;
import io.prism.gateway.outbox.table.Committed;
import io.prism.gateway.outbox.table.NewRow;
import io.prism.gateway.outbox.table.Outbox;
import io.prism.gateway.pattern.ChainWatch;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.publish.Deduplicator;
import io.prism.gateway.publish.Publisher;
import io.prism.gateway.trace.RecordedSpans;
import io.prism.v1.PublishRequest;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The spans of a message on its way through the chain. */
final class PatternSpansTest {
    private static final String CALLERS = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-";

    private final RecordedSpans spans = new RecordedSpans();
    private final List<NewRow> rows = new ArrayList<>();
    private final MemoryLog log = new MemoryLog(Clock.systemUTC());
    private final Pattern claimCheck = ClaimChecks.over(10, store -> store);
    private final Pattern outbox =
            new OutboxPattern(
                    "videos",
                    new Rows(
                            row -> {
                                rows.add(row);
                                return CompletableFuture.completedFuture(
                                        new Committed("pg:1", Instant.EPOCH, false));
                            }));

    /** A database's place. */
    private record Rows(java.util.function.Function<NewRow, CompletableFuture<Committed>> table)
            implements Outbox {
        @Override
        public CompletableFuture<Committed> write(NewRow row) {
            return table.apply(row);
        }

        @Override
        public Committed join(Connection connection, NewRow row) {
            throw new UnsupportedOperationException("nothing is joined here");
        }

        @Override
        public void joined(int count) {}

        @Override
        public void close() {}
    }

    private Publisher publisher(RecordedSpans recorded, boolean patternSpans, Pattern... chain) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        log.ensureTopic(new TopicSettings("videos.t", 1, 1, 86_400_000, 1 << 20));
        return new Publisher(
                "videos",
                null,
                1_000,
                topic -> "videos." + topic,
                List.of(chain),
                log,
                new Deduplicator(log, Duration.ofMinutes(1), Clock.systemUTC()),
                new TimeOrderedIds(Clock.systemUTC(), new Random(1)),
                meters,
                new ChainWatch(meters, recorded.traces(), patternSpans));
    }

    private static PublishRequest message(int size) {
        return PublishRequest.newBuilder()
                .setTopic("t")
                .setPayload(ByteString.copyFromUtf8("payload-".repeat(size).substring(0, size)))
                .build();
    }

    private void publish(Publisher publisher, PublishRequest request, Trace call) {
        publisher
                .publish(
                        request,
                        new Payload.Inline(request.getPayload()),
                        PublishLane.alone(),
                        call)
                .whenComplete((receipt, failure) -> call.end())
                .join();
    }

    private Trace call() {
        return spans.traces().call("PubSubService.Publish", null);
    }

    @Test
    void a_large_message_through_outbox_and_claim_check_has_the_tree_of_the_rfc() {
        publish(publisher(spans, true, outbox, claimCheck), message(20), call());

        assertThat(spans.tree())
                .isEqualTo(
                        """
                        PubSubService.Publish
                          OutboxPattern.process_publish
                            ClaimCheckPattern.process_publish
                              s3.put_object
                            db.insert_outbox
                        """);
        assertThat(spans.attribute("PubSubService.Publish", "prism.namespace")).isEqualTo("videos");
        assertThat(spans.attribute("PubSubService.Publish", "prism.topic")).isEqualTo("t");
        assertThat(spans.attribute("PubSubService.Publish", "messaging.message.id"))
                .isEqualTo(rows.getFirst().id().toString());
        assertThat(spans.attribute("s3.put_object", "prism.claim_id"))
                .isEqualTo(claim(rows.getFirst()).id().toString());
        assertThat(spans.all().toString()).doesNotContain("payload-");
    }

    @Test
    void the_row_continues_the_call_unless_the_message_has_a_trace_of_its_own() {
        Publisher publisher = publisher(spans, true, outbox, claimCheck);

        publish(publisher, message(5), call());
        String own = CALLERS + "01";
        publish(publisher, message(5).toBuilder().putMetadata("traceparent", own).build(), call());

        String span = spans.all().getLast().getSpanId();
        assertThat(rows.getLast().traceparent()).isEqualTo(own).doesNotContain(span);
        assertThat(rows.getFirst().traceparent())
                .isEqualTo(
                        "00-"
                                + spans.all().get(2).getTraceId()
                                + "-"
                                + spans.all().get(3).getSpanId()
                                + "-"
                                + spans.all().get(3).getSpanContext().getTraceFlags().asHex());
        assertThat(spans.all().get(3).getName()).isEqualTo("PubSubService.Publish");
        assertThat(rows).extracting(NewRow::headers).containsOnly("{}");
    }

    @Test
    void without_an_outbox_the_log_comes_after_the_patterns() {
        publish(publisher(spans, true, claimCheck), message(20), call());

        assertThat(spans.tree())
                .isEqualTo(
                        """
                        PubSubService.Publish
                          ClaimCheckPattern.process_publish
                            s3.put_object
                          kafka.produce
                        """);
        assertThat(spans.attribute("kafka.produce", "messaging.destination.name"))
                .isEqualTo("videos.t");
    }

    @Test
    void a_payload_that_arrives_in_chunks_is_one_upload() {
        Trace call = call();
        var chunks = List.of(ByteString.copyFrom(new byte[8]), ByteString.copyFrom(new byte[8]));
        var left = chunks.iterator();
        publisher(spans, true, claimCheck)
                .publish(
                        message(0),
                        new Payload.Chunked(() -> left.hasNext() ? left.next() : null),
                        PublishLane.alone(),
                        call)
                .join();
        call.end();

        assertThat(spans.tree()).contains("    s3.upload\n  kafka.produce\n");
    }

    @Test
    void a_namespace_may_leave_out_the_patterns() {
        publish(publisher(spans, false, outbox, claimCheck), message(20), call());

        assertThat(spans.tree())
                .isEqualTo(
                        """
                        PubSubService.Publish
                          s3.put_object
                          db.insert_outbox
                        """);
    }

    @Test
    void a_failure_is_told_where_it_happened_and_in_what_that_is_part_of() {
        Pattern broken =
                new OutboxPattern(
                        "videos",
                        new Rows(
                                row ->
                                        CompletableFuture.failedFuture(
                                                new PrismException(
                                                        ErrorCode.DATABASE_UNAVAILABLE,
                                                        "database postgres is away"))));
        Publisher publisher = publisher(spans, true, broken, claimCheck);

        assertThatThrownBy(() -> publish(publisher, message(20), call()))
                .isInstanceOf(CompletionException.class);

        for (String name : List.of("OutboxPattern.process_publish", "db.insert_outbox")) {
            assertThat(spans.named(name).getStatus().getStatusCode())
                    .as(name)
                    .isEqualTo(StatusCode.ERROR);
            assertThat(spans.named(name).getStatus().getDescription())
                    .isEqualTo("database postgres is away");
            assertThat(spans.attribute(name, "error.type")).isEqualTo("DATABASE_UNAVAILABLE");
        }
        assertThat(spans.named("s3.put_object").getStatus().getStatusCode())
                .isEqualTo(StatusCode.UNSET);
    }

    @Test
    void what_is_not_sampled_has_no_spans_and_passes_its_caller_on() {
        RecordedSpans none = new RecordedSpans(Sampler.alwaysOff());
        Publisher publisher = publisher(none, true, outbox, claimCheck);
        String callers = CALLERS + "00";

        publish(publisher, message(20), none.traces().call("PubSubService.Publish", callers));
        publish(publisher, message(20), none.traces().call("PubSubService.Publish", null));
        publish(publisher, message(20), none.traces().call("PubSubService.Publish", "nonsense"));

        assertThat(none.all()).isEmpty();
        assertThat(rows).extracting(NewRow::traceparent).containsExactly(callers, null, null);
    }

    @Test
    void a_claim_is_resolved_in_its_publishers_trace_if_that_is_sampled() {
        Publisher publisher = publisher(spans, true, outbox, claimCheck);
        publish(publisher, message(20), call());
        NewRow row = rows.getFirst();
        int before = spans.all().size();

        Payload read = consume(publisher, row, Objects.requireNonNull(row.traceparent()));
        consume(publisher, row, CALLERS + "00");
        consume(publisher, row, "nonsense");

        assertThat(read).isEqualTo(new Payload.Inline(message(20).getPayload()));
        assertThat(spans.all()).hasSize(before + 2);
        assertThat(spans.tree())
                .contains("  ClaimCheckPattern.process_consume\n    s3.get_object\n");
        assertThat(spans.named("s3.get_object").getTraceId())
                .isEqualTo(spans.named("s3.put_object").getTraceId());
    }

    private static Claim claim(NewRow row) {
        return Objects.requireNonNull(row.claim());
    }

    private static Payload consume(Publisher publisher, NewRow row, String traceparent) {
        return publisher
                .chain()
                .consume(
                        new Incoming(
                                "t",
                                0,
                                0,
                                Instant.EPOCH,
                                null,
                                new RecordHead(
                                        Optional.of("id"),
                                        Optional.of("videos"),
                                        "outbox@1,claim-check@1",
                                        Optional.of(claim(row)),
                                        Map.of("traceparent", traceparent)),
                                Payload.EMPTY,
                                1_000,
                                Trace.NONE))
                .join()
                .payload();
    }
}
