package io.prism.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One {@code Publish} at a time, without what a stub allocates around it. Used again once the call
 * before has ended.
 */
final class UnaryCall extends ClientCall.Listener<PublishResponse> {
    private final Channel channel;
    private final Meter meter;
    private final BiConsumer<UnaryCall, Boolean> ended;
    private long dueNanos;
    private @Nullable PublishResponse response;

    /**
     * @param ended told on the transport's thread when a call has ended and was counted, and
     *     whether it succeeded
     */
    UnaryCall(Channel channel, Meter meter, BiConsumer<UnaryCall, Boolean> ended) {
        this.channel = channel;
        this.meter = meter;
        this.ended = ended;
    }

    /**
     * @param due what the latency is measured from
     */
    void publish(PublishRequest request, long due) {
        dueNanos = due;
        response = null;
        ClientCall<PublishRequest, PublishResponse> call =
                channel.newCall(PubSubServiceGrpc.getPublishMethod(), CallOptions.DEFAULT);
        call.start(this, new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void onMessage(PublishResponse message) {
        response = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        boolean success = status.isOk() && response != null && response.getSuccess();
        if (success) {
            meter.acknowledged(System.nanoTime() - dueNanos);
        } else if (status.isOk()) {
            meter.failed("answered without success");
        } else {
            meter.failed(Refusals.of(status.asRuntimeException(trailers)));
        }
        ended.accept(this, success);
    }
}
