package io.prism.standalone.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishChunk;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import io.prism.v1.SubscribeRequest;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class BadInputIT {
    private static final String NAMESPACE = "bad-it";
    private static final String SINGLE = "bad-single";

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    @BeforeAll
    static void setUp() {
        client = TestClient.of(SharedPrism.get());
        client.createPlain(NAMESPACE);
        client.create(
                """
                namespaces:
                  - name: bad-single
                    client_api: pubsub
                    backend: { type: kafka, topic: bad-only }
                """);
    }

    @AfterAll
    static void tearDown() {
        client.close();
    }

    private static void refused(
            String namespace,
            Consumer<PublishRequest.Builder> change,
            Status.Code code,
            String reason) {
        PublishRequest.Builder request =
                PublishRequest.newBuilder().setTopic("t").setPayload(ByteString.copyFromUtf8("p"));
        change.accept(request);
        Throwable failure = catchThrowable(() -> client.pubsub(namespace).publish(request.build()));
        assertThat(failure).isInstanceOf(StatusRuntimeException.class);
        assertThat(((StatusRuntimeException) failure).getStatus().getCode()).isEqualTo(code);
        assertThat(TestClient.reason(failure)).isEqualTo(reason);
    }

    @Test
    void anUnknownOrMissingNamespaceIsNamed() {
        refused("nowhere", r -> {}, Status.Code.NOT_FOUND, "NAMESPACE_NOT_FOUND");
        refused("", r -> {}, Status.Code.INVALID_ARGUMENT, "NAMESPACE_MISSING");
    }

    @Test
    void aTopicOutsideTheNamespaceIsRefused() {
        refused(
                SINGLE,
                r -> r.setTopic("elsewhere"),
                Status.Code.INVALID_ARGUMENT,
                "TOPIC_NOT_IN_NAMESPACE");
        for (String topic : List.of("", "..", "a/b", "ä", "x".repeat(300), "a.*", "a.dlq")) {
            PublishRequest request = PublishRequest.newBuilder().setTopic(topic).build();
            Throwable failure = catchThrowable(() -> client.pubsub(NAMESPACE).publish(request));
            assertThat(TestClient.reason(failure)).as(topic).startsWith("TOPIC_");
        }
    }

    @Test
    void reservedMetadataAndTooMuchMetadataAreRefused() {
        refused(
                NAMESPACE,
                r -> r.putMetadata("prism-id", "x"),
                Status.Code.INVALID_ARGUMENT,
                "METADATA_RESERVED");
        refused(
                NAMESPACE,
                r -> r.putMetadata("claim_check_key", "other/secret"),
                Status.Code.INVALID_ARGUMENT,
                "METADATA_RESERVED");
        refused(
                NAMESPACE,
                r -> {
                    for (int i = 0; i < 1000; i++) {
                        r.putMetadata("name-" + i, "value");
                    }
                },
                Status.Code.INVALID_ARGUMENT,
                "METADATA_TOO_LARGE");
        refused(
                NAMESPACE,
                r -> r.putMetadata("big", "x".repeat(100_000)),
                Status.Code.INVALID_ARGUMENT,
                "METADATA_TOO_LARGE");
    }

    @Test
    void anEmptyPayloadIsAMessageLikeAnyOther() {
        client.publish(NAMESPACE, "empty", ByteString.EMPTY);
        assertThat(client.read(NAMESPACE, "empty", 1).getFirst().getPayload()).isEmpty();
    }

    @Test
    void whatIsTooLargeIsRefusedWithTheLimitAndTheRemedy() {
        ByteString twoMegabytes = ByteString.copyFrom(new byte[2_000_000]);
        refused(
                NAMESPACE,
                r -> r.setPayload(twoMegabytes),
                Status.Code.INVALID_ARGUMENT,
                "PAYLOAD_TOO_LARGE");
        ByteString oversized = ByteString.copyFrom(new byte[66 << 20]);
        refused(
                NAMESPACE,
                r -> r.setPayload(oversized),
                Status.Code.RESOURCE_EXHAUSTED,
                "MESSAGE_TOO_LARGE");
        // The connection survives it.
        client.publish(NAMESPACE, "after", ByteString.EMPTY);
    }

    @Test
    void textThatIsNotUtf8IsRefused() {
        // A PublishRequest whose topic (field 1) holds two bytes that are no UTF-8.
        byte[] wire = {0x0a, 2, (byte) 0xc3, 0x28};
        MethodDescriptor<byte[], PublishResponse> raw =
                PubSubServiceGrpc.getPublishMethod().toBuilder(
                                new RawMarshaller(),
                                PubSubServiceGrpc.getPublishMethod().getResponseMarshaller())
                        .build();
        var channel =
                ClientInterceptors.intercept(
                        client.dataChannel(),
                        MetadataUtils.newAttachHeadersInterceptor(
                                TestClient.namespaceHeader(NAMESPACE)));
        Throwable failure =
                catchThrowable(
                        () ->
                                ClientCalls.blockingUnaryCall(
                                        channel, raw, CallOptions.DEFAULT, wire));
        assertThat(((StatusRuntimeException) failure).getStatus().getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(TestClient.reason(failure)).isEqualTo("MESSAGE_MALFORMED");
    }

    private static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            throw new AssertionError("not called by a client");
        }
    }

    @Test
    void oneBadMessageOfAStreamDoesNotStopTheOthers() throws Exception {
        List<PublishResponse> responses = new ArrayList<>();
        CompletableFuture<Void> done = new CompletableFuture<>();
        StreamObserver<PublishRequest> requests =
                client.asyncPubsub(NAMESPACE)
                        .publishStream(
                                new StreamObserver<>() {
                                    @Override
                                    public void onNext(PublishResponse value) {
                                        responses.add(value);
                                    }

                                    @Override
                                    public void onError(Throwable failure) {
                                        done.completeExceptionally(failure);
                                    }

                                    @Override
                                    public void onCompleted() {
                                        done.complete(null);
                                    }
                                });
        requests.onNext(PublishRequest.newBuilder().setTopic("stream").build());
        requests.onNext(PublishRequest.newBuilder().setTopic("../bad").build());
        requests.onNext(PublishRequest.newBuilder().setTopic("stream").build());
        requests.onCompleted();
        done.get(60, TimeUnit.SECONDS);
        assertThat(responses)
                .extracting(PublishResponse::getSuccess)
                .containsExactly(true, false, true);
        assertThat(TestClient.reason(responses.get(1).getError())).isEqualTo("TOPIC_INVALID");
    }

    @Test
    void chunksOutOfOrderAreRefused() {
        for (List<PublishChunk> chunks :
                List.of(
                        List.of(
                                PublishChunk.newBuilder()
                                        .setData(ByteString.copyFromUtf8("data first"))
                                        .build()),
                        List.of(PublishChunk.getDefaultInstance()),
                        List.of(header(), header()),
                        List.<PublishChunk>of())) {
            CompletableFuture<PublishResponse> result = new CompletableFuture<>();
            StreamObserver<PublishChunk> call =
                    client.asyncPubsub(NAMESPACE).publishChunked(new FutureObserver<>(result));
            chunks.forEach(call::onNext);
            call.onCompleted();
            Throwable failure = catchThrowable(() -> result.orTimeout(60, TimeUnit.SECONDS).join());
            assertThat(TestClient.reason(java.util.Objects.requireNonNull(failure.getCause())))
                    .isEqualTo("CHUNK_OUT_OF_ORDER");
        }
    }

    private static PublishChunk header() {
        return PublishChunk.newBuilder()
                .setHeader(PublishRequest.newBuilder().setTopic("chunks"))
                .build();
    }

    @Test
    void aBadSubscribeIsRefused() {
        for (SubscribeRequest request :
                List.of(
                        SubscribeRequest.newBuilder().setTopic("a b").build(),
                        SubscribeRequest.newBuilder().setTopic("a.>.b").build(),
                        SubscribeRequest.newBuilder().setTopic("a").setMaxInflight(-1).build(),
                        SubscribeRequest.newBuilder()
                                .setTopic("a")
                                .setSubscription("sp ace")
                                .build(),
                        SubscribeRequest.newBuilder()
                                .setTopic("a")
                                .setMaxInlineBytes(1L << 40)
                                .build())) {
            Throwable failure = catchThrowable(() -> client.take(NAMESPACE, request, 1));
            assertThat(TestClient.reason(failure)).isIn("TOPIC_INVALID", "FIELD_INVALID");
        }
    }
}
