package io.prism.bench.load;

import io.grpc.Channel;
import io.prism.v1.PublishRequest;
import java.time.Duration;
import java.util.List;

/**
 * Publishes with unary calls.
 *
 * @param patience how long the last answers may take after the load has ended; what has not been
 *     answered by then has failed
 */
public record UnaryLoad(Duration patience) {

    /**
     * Each of so many callers publishes again as soon as it was answered; one that was refused
     * stops, so that a server that refuses everything is not hammered.
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
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        Outstanding outstanding = new Outstanding(concurrency);
        for (int i = 0; i < concurrency; i++) {
            outstanding.begin();
            new UnaryCall(
                            channels.get(i % channels.size()),
                            meter,
                            (call, success) -> {
                                long now = System.nanoTime();
                                if (success && now - deadline < 0) {
                                    call.publish(request, now);
                                } else {
                                    outstanding.end();
                                }
                            })
                    .publish(request, System.nanoTime());
        }
        Thread.sleep(duration);
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    /** Makes the request of a message. */
    @FunctionalInterface
    public interface RequestOf {
        PublishRequest request(long index, long dueNanos);
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
        long start = System.nanoTime();
        Outstanding outstanding = new Outstanding(most);
        long _ =
                new OpenLoop()
                        .run(
                                ratePerSecond,
                                duration,
                                (index, due) -> {
                                    outstanding.begin();
                                    Channel channel = channels.get((int) (index % channels.size()));
                                    new UnaryCall(channel, meter, (_, _) -> outstanding.end())
                                            .publish(requests.request(index, due), due);
                                });
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }
}
