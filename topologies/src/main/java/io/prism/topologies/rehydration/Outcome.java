package io.prism.topologies.rehydration;

import io.prism.core.error.ErrorCode;
import java.net.URI;
import java.time.Duration;

/** What became of a claim. */
sealed interface Outcome {
    /** The payload it stands for, checked. */
    record Whole(byte[] payload) implements Outcome {}

    /** It is too large for the derived topic; the URL gives its object for so long. */
    record Elsewhere(URI url, Duration validFor) implements Outcome {}

    /** There is no payload to be had, and waiting will not change that. */
    record Unavailable(ErrorCode code) implements Outcome {}
}
