package io.prism.topologies.rehydration;

import io.prism.core.error.ErrorCode;

/**
 * Is told what rehydration does. Records are counted when they are handed to the producer: a
 * transaction that is aborted and repeated counts them twice, readers see them once.
 * Implementations are thread-safe and return at once.
 */
public interface RehydrationMetrics {
    /** A record without a claim went on as it is. */
    void passed(String namespace);

    /** A claim was replaced by its payload. */
    void whole(String namespace, long bytes);

    /** A claim too large for the derived topic went on with a URL. */
    void elsewhere(String namespace);

    /** A claim went on although its payload cannot be had. */
    void unavailable(String namespace);

    /** An attempt to get a payload failed, for good or to be repeated. */
    void failed(String namespace, ErrorCode code);
}
