package io.prism.gateway.cdc;

import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.PublishStage;
import io.prism.gateway.pattern.Receipt;
import java.util.concurrent.CompletableFuture;

/** Changes are captured beside the chain: messages pass as they are. */
final class CdcPattern implements Pattern {
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
        return CdcProvider.METADATA;
    }
}
