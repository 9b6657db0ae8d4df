package io.prism.gateway.cache;

import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.PublishStage;
import io.prism.gateway.pattern.Receipt;
import java.util.concurrent.CompletableFuture;

/** One namespace's cache, for as long as the namespace is served. Messages pass by it. */
final class CachePattern implements Pattern {
    private final Runnable close;

    /**
     * @param close lets go of the cache
     */
    CachePattern(Runnable close) {
        this.close = close;
    }

    @Override
    public CompletableFuture<Receipt> publish(Outgoing message, PublishStage next) {
        return next.publish(message);
    }

    @Override
    public CompletableFuture<Incoming> consume(Incoming message) {
        return CompletableFuture.completedFuture(message);
    }

    @Override
    public PatternMetadata metadata() {
        return CacheProvider.METADATA;
    }

    @Override
    public void close() {
        close.run();
    }
}
