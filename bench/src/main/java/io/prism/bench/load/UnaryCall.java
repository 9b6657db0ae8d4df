package io.prism.bench.load;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A unary call, without what a stub allocates around it.
 *
 * @param <A> the answer
 */
final class UnaryCall<A> extends ClientCall.Listener<A> {
    private final Function<A, Optional<String>> wrong;
    private final CallLoad.Ended ended;
    private @Nullable A answer;

    private UnaryCall(Function<A, Optional<String>> wrong, CallLoad.Ended ended) {
        this.wrong = wrong;
        this.ended = ended;
    }

    /**
     * Begins a call and does not wait for its answer.
     *
     * @param wrong why an answer is not right, in the same words for the same cause; called on the
     *     transport's thread
     */
    static <Q, A> void start(
            Channel channel,
            MethodDescriptor<Q, A> method,
            Q request,
            Function<A, Optional<String>> wrong,
            CallLoad.Ended ended) {
        ClientCall<Q, A> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(new UnaryCall<>(wrong, ended), new Metadata());
        call.request(2);
        call.sendMessage(request);
        call.halfClose();
    }

    @Override
    public void onMessage(A message) {
        answer = message;
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        if (!status.isOk() || answer == null) {
            ended.failed(Refusals.of(status.asRuntimeException(trailers)));
            return;
        }
        Optional<String> why = wrong.apply(answer);
        if (why.isPresent()) {
            ended.failed(why.get());
        } else {
            ended.fine();
        }
    }
}
