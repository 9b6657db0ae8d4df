package io.prism.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.bench.FakePrism;
import io.prism.v1.Event;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.QueueServiceGrpc;
import io.prism.v1.StartPosition;
import io.prism.v1.SubscribeRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LoadsAgainstAServerTest {
    private static final Duration ROUND = Duration.ofMillis(500);

    /** Of what takes as many as it can: some get through on a slow machine, too. */
    private static final Duration LONG_ROUND = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final PublishRequest REQUEST =
            PublishRequest.newBuilder()
                    .setTopic("t")
                    .setPayload(Payloads.wrap(Payloads.random(1, 1000)))
                    .build();

    private final AtomicLong seen = new AtomicLong();
    private volatile FakePrism.Store behaviour = (_, _) -> {};
    private FakePrism prism;
    private ManagedChannel connection;
    private final Meter meter = new Meter();

    @BeforeEach
    void start() throws Exception {
        prism =
                new FakePrism(
                        (topic, message) -> {
                            seen.incrementAndGet();
                            behaviour.store(topic, message);
                        });
        connection =
                NettyChannelBuilder.forTarget(prism.address())
                        .usePlaintext()
                        .directExecutor()
                        .maxInboundMessageSize(64 << 20)
                        .build();
        // A connection takes its time on a busy machine, and the tests' rounds are short.
        var _ =
                PubSubServiceGrpc.newBlockingStub(channels().getFirst())
                        .publish(REQUEST.toBuilder().setTopic("first").build());
        seen.set(0);
    }

    @AfterEach
    void stop() {
        connection.shutdownNow();
        prism.close();
    }

    private List<Channel> channels() {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER), "n");
        return List.of(
                ClientInterceptors.intercept(
                        connection, MetadataUtils.newAttachHeadersInterceptor(headers)));
    }

    @Test
    void streams_count_exactly_what_the_server_stored() throws Exception {
        // When
        long nanos = new StreamLoad(3, 64, PATIENCE).run(channels(), REQUEST, LONG_ROUND, meter);

        // Then
        assertThat(meter.failedCount()).isZero();
        assertThat(meter.acknowledgedCount()).isPositive().isEqualTo(prism.stored("n", "t"));
        assertThat(nanos).isGreaterThanOrEqualTo(LONG_ROUND.toNanos());
    }

    @Test
    void a_stream_goes_on_after_a_message_that_was_refused_and_counts_it() throws Exception {
        // Given
        behaviour =
                (_, _) -> {
                    if (seen.get() % 10 == 0) {
                        throw new IllegalArgumentException("every tenth");
                    }
                };

        // When
        long _ = new StreamLoad(1, 64, PATIENCE).run(channels(), REQUEST, LONG_ROUND, meter);

        // Then
        assertThat(meter.acknowledgedCount()).isEqualTo(prism.stored("n", "t"));
        assertThat(meter.failedCount()).isEqualTo(seen.get() - prism.stored("n", "t"));
        assertThat(meter.reasons()).startsWith("INVALID_ARGUMENT: every tenth (");
    }

    @Test
    void a_stream_that_breaks_fails_everything_without_an_answer() throws Exception {
        // Given
        behaviour =
                (_, _) -> {
                    if (seen.get() > 100) {
                        throw new IllegalStateException("broken");
                    }
                };

        // When
        long _ = new StreamLoad(1, 64, PATIENCE).run(channels(), REQUEST, LONG_ROUND, meter);

        // Then; answers that were on their way may be lost with the stream
        assertThat(meter.acknowledgedCount()).isBetween(100L - 64, 100L);
        assertThat(meter.failedCount()).isBetween(1L, 64L);
        assertThat(meter.acknowledgedCount() + meter.failedCount())
                .as("what the server saw, and perhaps more that it did not")
                .isGreaterThanOrEqualTo(seen.get());
        assertThat(meter.reasons()).startsWith("UNAVAILABLE");
    }

    @Test
    void a_server_that_never_answers_is_given_up_on_and_counted() throws Exception {
        // Given
        CompletableFuture<Void> never = new CompletableFuture<>();
        behaviour = (_, _) -> never.join();

        // When
        long _ =
                new StreamLoad(1, 8, Duration.ofMillis(300))
                        .run(channels(), REQUEST, LONG_ROUND, meter);
        Meter unary = new Meter();
        long _ =
                new UnaryLoad(Duration.ofMillis(300))
                        .closedLoop(channels(), 5, REQUEST, LONG_ROUND, unary);

        // Then
        assertThat(meter.failedCount()).isEqualTo(8);
        assertThat(unary.failedCount()).isEqualTo(5);
        assertThat(unary.reasons()).isEqualTo("no answer within PT0.3S (5)");
        never.complete(null);
    }

    @Test
    void a_closed_loop_never_has_more_calls_than_callers() throws Exception {
        // Given
        AtomicLong now = new AtomicLong();
        AtomicLong most = new AtomicLong();
        behaviour =
                (_, _) -> {
                    most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    now.decrementAndGet();
                };

        // When
        long _ = new UnaryLoad(PATIENCE).closedLoop(channels(), 4, REQUEST, LONG_ROUND, meter);

        // Then
        assertThat(meter.failedCount()).isZero();
        assertThat(meter.acknowledgedCount()).isGreaterThan(4).isEqualTo(prism.stored("n", "t"));
        assertThat(most.get()).isBetween(1L, 4L);
    }

    @Test
    void an_open_loop_charges_a_stall_to_every_message_that_was_due_meanwhile() throws Exception {
        // Given a server whose first answer takes a second
        CompletableFuture<Void> stall = new CompletableFuture<>();
        behaviour =
                (_, _) -> {
                    if (seen.get() == 1) {
                        stall.completeOnTimeout(null, 1, TimeUnit.SECONDS);
                    }
                    stall.join();
                };

        // When one message is due every 100 ms, and one call at a time may be without an answer
        long _ =
                new UnaryLoad(PATIENCE)
                        .openLoop(
                                channels(), 10, 1, (_, _) -> REQUEST, Duration.ofSeconds(3), meter);

        // Then all those due in the first 800 ms waited 200 ms at least, though one was sent
        long waited =
                meter.latencies()
                        .getCountBetweenValues(
                                TimeUnit.MILLISECONDS.toNanos(190), TimeUnit.MINUTES.toNanos(1));
        assertThat(waited).isGreaterThanOrEqualTo(9);
        assertThat(meter.failedCount()).isZero();
        assertThat(meter.acknowledgedCount()).isEqualTo(prism.stored("n", "t"));
    }

    @Test
    void a_large_payload_comes_back_with_its_digest() throws Exception {
        // Given
        LargePayload payload = new LargePayload(7, 5L * LargePayload.BLOCK + 12_345);
        ChunkedLoad load = new ChunkedLoad(PATIENCE);
        AtomicLong sent = new AtomicLong();
        AtomicLong received = new AtomicLong();

        // When
        var _ =
                load.publish(
                        channels().getFirst(),
                        REQUEST.toBuilder().clearPayload().build(),
                        payload,
                        sent::addAndGet);
        String digest = load.fetch(channels().getFirst(), "n.t", received::addAndGet);

        // Then
        assertThat(digest).isEqualTo(payload.sha256());
        assertThat(sent.get()).isEqualTo(payload.size());
        assertThat(received.get()).isEqualTo(payload.size());
    }

    @Test
    void a_fetch_that_fails_says_why() {
        assertThatThrownBy(
                        () ->
                                new ChunkedLoad(PATIENCE)
                                        .fetch(channels().getFirst(), "nothing", _ -> {}))
                .cause()
                .hasMessageContaining("UNKNOWN");
    }

    @Test
    void a_subscription_sees_each_delivery_once_with_its_latency() throws Exception {
        // Given
        Deliveries deliveries = new Deliveries(42, Payloads.random(1, 100), meter);
        SubscribeRequest subscribe =
                SubscribeRequest.newBuilder()
                        .setTopic("t")
                        .setStart(StartPosition.newBuilder().setEarliest(Empty.newBuilder()))
                        .build();
        Meter sent = new Meter();
        long _ = new UnaryLoad(PATIENCE).closedLoop(channels(), 1, REQUEST, ROUND, new Meter());

        // When
        try (EventStream stream =
                EventStream.open(
                        channels().getFirst(),
                        subscribe,
                        (Event event) ->
                                deliveries.arrived(event.getPayload().asReadOnlyByteBuffer()),
                        PATIENCE)) {
            long _ =
                    new UnaryLoad(PATIENCE)
                            .openLoop(
                                    channels(),
                                    50,
                                    100,
                                    (index, due) ->
                                            REQUEST.toBuilder()
                                                    .setPayload(
                                                            Payloads.wrap(
                                                                    deliveries.payload(index, due)))
                                                    .build(),
                                    LONG_ROUND,
                                    sent);
            assertThat(deliveries.await(100, PATIENCE)).isTrue();
            assertThat(stream.ended()).isNotDone();
        }

        // Then
        assertThat(sent.acknowledgedCount()).isEqualTo(100);
        assertThat(deliveries.distinct()).isEqualTo(100);
        assertThat(deliveries.repeated()).isZero();
        assertThat(meter.latencies().getTotalCount()).isEqualTo(100);
    }

    @Test
    void consumers_of_a_queue_receive_and_acknowledge_everything_once() throws Exception {
        // Given
        Meter published = new Meter();
        new StreamLoad(2, 64, PATIENCE)
                .publish(
                        channels(),
                        QueueServiceGrpc.getPublishStreamMethod(),
                        REQUEST,
                        1000,
                        PATIENCE,
                        published);
        Receipts receipts = new Receipts(REQUEST.getPayload().size(), meter);

        // When
        QueueLoad.Took took =
                new QueueLoad(3, 100, 40, PATIENCE).drain(channels(), "t", "g", 1000, receipts);

        // Then
        assertThat(published.acknowledgedCount()).isEqualTo(1000);
        assertThat(receipts.problems(1000)).isEmpty();
        assertThat(took.firstNanos()).isPositive();
        assertThat(took.drainNanos()).isPositive();
        assertThat(
                        QueueServiceGrpc.newBlockingStub(channels().getFirst())
                                .getTopicInfo(
                                        GetTopicInfoRequest.newBuilder().setTopic("t").build())
                                .getDepth())
                .isZero();
    }

    @Test
    void a_queue_without_enough_messages_is_said_to_be_so() {
        Receipts receipts = new Receipts(REQUEST.getPayload().size(), meter);

        assertThatThrownBy(
                        () ->
                                new QueueLoad(1, 100, 40, Duration.ofMillis(200))
                                        .drain(channels(), "empty", "g", 10, receipts))
                .hasMessageContaining("a consumer received nothing within");
    }
}
