package io.prism.gateway.pattern;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import org.jspecify.annotations.Nullable;

/** Where a message's payload is. */
public sealed interface Payload {
    Payload EMPTY = new Inline(ByteString.EMPTY);

    /** In memory. */
    record Inline(ByteString bytes) implements Payload {}

    /** Still arriving; read once, in order. */
    record Chunked(Source source) implements Payload {}

    /** In object storage. */
    record Claimed(Claim claim) implements Payload {}

    /** A payload of unknown length, used by one thread at a time. */
    interface Source {
        /**
         * The next bytes; blocks until they are there; null at the end.
         *
         * @throws io.prism.core.error.PrismException CANCELLED if the sender went away before the
         *     end
         */
        @Nullable ByteString next();
    }
}
