package io.prism.bench.load;

import io.grpc.Channel;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Publishes with unary calls, see {@link CallLoad}.
 *
 * @param patience how long the last answers may take after the load has ended; what has not been
 *     answered by then has failed
 */
public record UnaryLoad(Duration patience) {

    /** Makes the request of a message. */
    @FunctionalInterface
    public interface RequestOf {
        PublishRequest request(long index, long dueNanos);
    }

    private static CallLoad.Call publishes(List<Channel> channels, RequestOf requests) {
        return (index, due, ended) ->
                UnaryCall.start(
                        channels.get((int) (index % channels.size())),
                        PubSubServiceGrpc.getPublishMethod(),
                        requests.request(index, due),
                        UnaryLoad::wrong,
                        ended);
    }

    private static Optional<String> wrong(PublishResponse response) {
        return response.getSuccess() ? Optional.empty() : Optional.of("answered without success");
    }

    /**
     * Each of so many callers publishes again as soon as it was answered; one that was refused
     * stops.
     *
     * @return nanoseconds from the first request until everything was answered
     */
    public long closedLoop(
            List<Channel> channels,
            int concurrency,
            PublishRequest request,
            Duration duration,
            Meter meter)
            throws InterruptedException {
        return new CallLoad(patience)
                .closedLoop(
                        publishes(channels, (_, _) -> request),
                        concurrency,
                        Long.MAX_VALUE,
                        duration,
                        meter);
    }

    /**
     * Publishes at a fixed rate; latencies count from when a message was due.
     *
     * @param most calls without an answer; beyond it the generator waits, and what waits is late
     * @return nanoseconds from the first request until everything was answered
     */
    public long openLoop(
            List<Channel> channels,
            int ratePerSecond,
            int most,
            RequestOf requests,
            Duration duration,
            Meter meter)
            throws InterruptedException {
        return new CallLoad(patience)
                .openLoop(publishes(channels, requests), ratePerSecond, most, duration, meter);
    }
}
