package io.prism.streams.rehydration;

import io.prism.core.spec.DataSize;
import java.time.Duration;

/**
 * What the role can be told.
 *
 * @param applicationId the group that shares the work; all processes of a cluster use the same
 * @param threads stream threads of this process
 * @param memory for payloads between storage and the producers, together
 * @param urlValidity how long the URL of a payload that is too large can be used; at most 7 days
 */
public record RehydrationConfig(
        String applicationId, int threads, DataSize memory, Duration urlValidity) {
    public static final RehydrationConfig DEFAULT =
            new RehydrationConfig(
                    "prism-rehydration", 2, DataSize.ofMebibytes(64), Duration.ofHours(1));
}
