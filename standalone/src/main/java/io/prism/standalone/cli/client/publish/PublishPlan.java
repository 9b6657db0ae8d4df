package io.prism.standalone.cli.client.publish;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ProgressBar;
import io.prism.v1.PublishRequest;
import io.prism.v1.PublishResponse;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.Function;

/** Publishes one payload the way its size asks for. */
public final class PublishPlan {
    private final PublishCalls calls;
    private final PublishRequest header;
    private final int chunkSize;
    private final Function<OptionalLong, ProgressBar> progress;

    /**
     * @param header a request without payload
     * @param progress makes the bar for a payload of that size
     */
    public PublishPlan(
            PublishCalls calls,
            PublishRequest header,
            int chunkSize,
            Function<OptionalLong, ProgressBar> progress) {
        this.calls = calls;
        this.header = header;
        this.chunkSize = chunkSize;
        this.progress = progress;
    }

    /** Blocks until the message is durable. */
    public Result publish(PayloadInput input)
            throws StatusException, IOException, InterruptedException {
        try (input;
                ProgressBar bar = progress.apply(input.size())) {
            return switch (input) {
                case PayloadInput.Small small -> {
                    PublishRequest request = header.toBuilder().setPayload(small.payload()).build();
                    yield new Result(calls.publish(request), small.payload().size());
                }
                case PayloadInput.Large large -> {
                    PublishResponse response =
                            new ChunkedPublisher(calls, chunkSize)
                                    .publish(header, large.stream(), bar::advance);
                    yield new Result(response, bar.done());
                }
            };
        }
    }

    /**
     * @param bytes of the payload
     */
    public record Result(PublishResponse response, long bytes) {}
}
