package io.prism.gateway.ingress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Trace;
import io.prism.core.trace.Traces;
import io.prism.gateway.error.Errors;
import io.prism.gateway.trace.RecordedSpans;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The spans of calls, over gRPC in this process. */
final class CallTracesTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String CALLER = "00-" + TRACE + "-b7ad6b7169203331-01";
    private static final String MESSAGE = "00-" + TRACE + "-00f067aa0ba902b7-01";

    private final RecordedSpans spans = new RecordedSpans();
    private final List<Trace> seen = Collections.synchronizedList(new ArrayList<>());
    private final List<AutoCloseable> open = new ArrayList<>();
    private Traces streamTraces = spans.traces();

    /** What the handler finds, and nothing else. */
    private final class Handler extends PubSubServiceGrpc.PubSubServiceImplBase {
        @Override
        public void publish(PublishRequest request, StreamObserver<PublishResponse> observer) {
            seen.add(CallTraces.current());
            switch (request.getTopic()) {
                case "refused" ->
                        observer.onError(
                                Errors.toGrpc(
                                        new PrismException(ErrorCode.TOPIC_INVALID, "no topic")));
                case "away" ->
                        observer.onError(
                                Errors.toGrpc(
                                        new PrismException(
                                                ErrorCode.BACKEND_UNAVAILABLE, "no Kafka")));
                default -> {
                    observer.onNext(PublishResponse.getDefaultInstance());
                    observer.onCompleted();
                }
            }
        }

        @Override
        public StreamObserver<PublishRequest> publishStream(
                StreamObserver<PublishResponse> observer) {
            MessageTraces messages = new MessageTraces(streamTraces, CallTraces.current());
            return new StreamObserver<>() {
                @Override
                public void onNext(PublishRequest request) {
                    Trace message = messages.of(request);
                    seen.add(message);
                    message.end();
                }

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onCompleted() {
                    observer.onCompleted();
                }
            };
        }
    }

    private ManagedChannel channel(Traces traces) throws IOException {
        String name = InProcessServerBuilder.generateName();
        Server server =
                InProcessServerBuilder.forName(name)
                        .addService(
                                ServerInterceptors.intercept(new Handler(), new CallTraces(traces)))
                        .build()
                        .start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        open.add(channel::shutdownNow);
        open.add(server::shutdownNow);
        return channel;
    }

    private PubSubServiceGrpc.PubSubServiceBlockingStub client(Traces traces, String traceparent)
            throws IOException {
        return PubSubServiceGrpc.newBlockingStub(channel(traces))
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers(traceparent)));
    }

    private static Metadata headers(String traceparent) {
        Metadata headers = new Metadata();
        headers.put(CallContext.NAMESPACE, "videos");
        if (!traceparent.isEmpty()) {
            headers.put(
                    Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER), traceparent);
        }
        return headers;
    }

    private static PublishRequest message(String topic, String traceparent) {
        PublishRequest.Builder request = PublishRequest.newBuilder().setTopic(topic);
        if (!traceparent.isEmpty()) {
            request.putMetadata("traceparent", traceparent);
        }
        return request.build();
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : open) {
            part.close();
        }
    }

    @Test
    void a_call_is_below_its_caller() throws IOException {
        var unused = client(spans.traces(), CALLER).publish(message("t", MESSAGE));

        SpanData span = spans.named("PubSubService.Publish");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo("b7ad6b7169203331");
        assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(span.getAttributes().get(AttributeKey.longKey("rpc.grpc.status_code"))).isZero();
        assertThat(spans.attribute("PubSubService.Publish", "prism.namespace")).isEqualTo("videos");
        assertThat(seen.getFirst().traceparent())
                .isEqualTo("00-" + TRACE + "-" + span.getSpanId() + "-01");
    }

    @Test
    void a_call_that_names_no_caller_is_below_its_message() throws IOException {
        var unused = client(spans.traces(), "").publish(message("t", MESSAGE));

        assertThat(spans.named("PubSubService.Publish").getParentSpanId())
                .isEqualTo("00f067aa0ba902b7");
    }

    @Test
    void a_call_that_names_nobody_begins_a_trace() throws IOException {
        var unused = client(spans.traces(), "").publish(message("t", ""));

        assertThat(spans.named("PubSubService.Publish").getParentSpanContext().isValid()).isFalse();
    }

    @Test
    void only_the_servers_own_failures_are_errors() throws IOException {
        for (String topic : List.of("refused", "away")) {
            assertThatThrownBy(() -> client(spans.traces(), CALLER).publish(message(topic, "")))
                    .isInstanceOf(StatusRuntimeException.class);
        }

        SpanData refused = spans.all().getFirst();
        assertThat(refused.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
        assertThat(refused.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("INVALID_ARGUMENT");
        SpanData away = spans.all().getLast();
        assertThat(away.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
        assertThat(away.getStatus().getDescription()).contains("no Kafka");
        assertThat(away.getAttributes().get(AttributeKey.stringKey("error.type")))
                .isEqualTo("UNAVAILABLE");
    }

    @Test
    void messages_of_a_stream_are_below_it_or_in_their_own_traces() throws Exception {
        String other = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0";

        stream(CALLER, message("t", ""), message("t", other + "1"), message("t", other + "0"));

        await().atMost(60, TimeUnit.SECONDS).until(() -> spans.all().size() == 3);
        SpanData call = spans.named("PubSubService.PublishStream");
        List<SpanData> messages =
                spans.all().stream().filter(span -> span.getName().equals("publish")).toList();
        assertThat(call.getTraceId()).isEqualTo(TRACE);
        assertThat(messages.getFirst().getParentSpanId()).isEqualTo(call.getSpanId());
        assertThat(messages.getLast().getTraceId()).isEqualTo("4bf92f3577b34da6a3ce929d0e0e4736");
        assertThat(messages.getLast().getLinks().getFirst().getSpanContext().getSpanId())
                .isEqualTo(call.getSpanId());
        assertThat(seen.getLast()).isSameAs(Trace.NONE);
    }

    @Test
    void messages_of_a_stream_that_is_not_sampled_share_what_the_stream_has() throws Exception {
        RecordedSpans none = new RecordedSpans(Sampler.alwaysOff());
        streamTraces = none.traces();

        stream("", message("t", ""), message("t", ""));

        await().atMost(60, TimeUnit.SECONDS).until(() -> seen.size() == 2);
        assertThat(seen).containsOnly(Trace.NONE);
        assertThat(none.all()).isEmpty();
    }

    private void stream(String traceparent, PublishRequest... messages) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        StreamObserver<PublishRequest> requests =
                PubSubServiceGrpc.newStub(channel(streamTraces))
                        .withInterceptors(
                                MetadataUtils.newAttachHeadersInterceptor(headers(traceparent)))
                        .publishStream(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(PublishResponse response) {}

                                    @Override
                                    public void onError(Throwable failure) {
                                        done.countDown();
                                    }

                                    @Override
                                    public void onCompleted() {
                                        done.countDown();
                                    }
                                });
        for (PublishRequest message : messages) {
            requests.onNext(message);
        }
        requests.onCompleted();
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void without_tracing_a_callers_trace_is_passed_on_if_it_is_one() throws IOException {
        var first = client(Traces.OFF, CALLER).publish(message("t", ""));
        var second = client(Traces.OFF, "").publish(message("t", ""));
        var third = client(Traces.OFF, "nonsense").publish(message("t", ""));

        assertThat(List.of(first, second, third)).hasSize(3);
        assertThat(seen).extracting(Trace::traceparent).containsExactly(CALLER, null, null);
        assertThat(seen).noneMatch(Trace::recording);
    }
}
