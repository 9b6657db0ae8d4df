package io.prism.bench.load;

import io.grpc.Channel;
import io.prism.v1.GetResponse;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.ServedBy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongUnaryOperator;

/**
 * {@code ReaderService.Get}; fails where the row is not what was written.
 *
 * @param ids from a call's number to the row it asks for
 * @param expected where rows should come from
 * @param elsewhere counts the rows that came from elsewhere, which are right all the same
 */
public record ReaderGets(
        List<Channel> channels,
        ReaderRows rows,
        LongUnaryOperator ids,
        ServedBy expected,
        LongAdder elsewhere)
        implements CallLoad.Call {

    @Override
    public void start(long index, long due, CallLoad.Ended ended) {
        long id = ids.applyAsLong(index);
        UnaryCall.start(
                channels.get((int) (index % channels.size())),
                ReaderServiceGrpc.getGetMethod(),
                rows.request(id),
                answer -> wrong(id, answer),
                ended);
    }

    private Optional<String> wrong(long id, GetResponse answer) {
        try {
            long _ = rows.version(id, answer);
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        if (answer.getServedBy() != expected) {
            elsewhere.increment();
        }
        return Optional.empty();
    }
}
