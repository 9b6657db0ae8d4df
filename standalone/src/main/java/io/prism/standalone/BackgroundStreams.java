package io.prism.standalone;

import io.prism.core.trace.Traces;
import io.prism.streams.StreamsApps;
import io.prism.streams.StreamsAppsConfig;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Topologies that start in the background: calls are served without them, and what they are to do
 * waits for them in Kafka. Thread-safe.
 */
public final class BackgroundStreams implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(BackgroundStreams.class);
    private static final Duration START = Duration.ofSeconds(30);

    private final CompletableFuture<StreamsApps> starting;
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();

    private BackgroundStreams(CompletableFuture<StreamsApps> starting) {
        this.starting = starting;
        starting.whenComplete(
                (apps, failure) -> {
                    if (failure != null) {
                        log.atError().setCause(failure).log("The topologies did not start");
                        gaveUp.complete("the topologies did not start: " + failure.getMessage());
                    } else {
                        apps.gaveUp().thenAccept(gaveUp::complete);
                    }
                });
    }

    /** Returns at once. */
    static BackgroundStreams start(StreamsAppsConfig config, Traces traces) {
        return new BackgroundStreams(
                CompletableFuture.supplyAsync(
                        () -> StreamsApps.start(config, traces),
                        task -> Thread.ofPlatform().name("streams-start").start(task)));
    }

    /** Waits until they run, but not for ever. */
    public StreamsApps await() {
        return starting.copy().orTimeout(START.toSeconds(), TimeUnit.SECONDS).join();
    }

    /** Completes with a sentence when they have failed for good. */
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    @Override
    public void close() {
        starting.handle(
                        (apps, failure) -> {
                            if (apps != null) {
                                apps.close();
                            }
                            return "";
                        })
                .join();
    }
}
