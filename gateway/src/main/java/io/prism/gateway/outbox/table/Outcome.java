package io.prism.gateway.outbox.table;

import io.prism.core.error.PrismException;
import java.time.Instant;

/** What became of a row whose batch was committed. */
sealed interface Outcome {
    /** It is there, by this statement or by an earlier one. */
    record Done(Committed committed) implements Outcome {}

    /** It alone is not. */
    record Refused(PrismException why) implements Outcome {}

    static Outcome done(String position, Instant at, boolean duplicate) {
        return new Done(new Committed(position, at, duplicate));
    }
}
