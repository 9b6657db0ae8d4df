package io.prism.core.claim;

import java.time.Duration;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;

/**
 * How long storage may take to answer. Deadlines grow with the bytes a request moves, so that a
 * dead endpoint is noticed within seconds and a slow one may be slow.
 *
 * @param timeout for one attempt at a request that moves no bytes
 */
record S3Deadlines(Duration timeout) {
    private static final int SLOWEST_TRANSFER = 512 << 10;
    private static final int SLOWEST_ASSEMBLY = 20 << 20;
    private static final Duration LEAST_ASSEMBLY = Duration.ofSeconds(30);

    /**
     * @param call for all attempts together
     */
    record Deadline(Duration attempt, Duration call) {
        void applyTo(AwsRequestOverrideConfiguration.Builder request) {
            request.apiCallAttemptTimeout(attempt).apiCallTimeout(call);
        }
    }

    /** For what storage answers from its index. */
    Deadline quick() {
        return of(timeout);
    }

    /** For what storage works for, such as listing. */
    Deadline patient() {
        return of(half(timeout));
    }

    Deadline transfer(long bytes) {
        return of(timeout.plusMillis(bytes * 1000 / SLOWEST_TRANSFER));
    }

    /** Some storages copy an object's parts together before they answer. */
    Deadline assembly(long bytes) {
        Duration least = timeout.compareTo(LEAST_ASSEMBLY) > 0 ? timeout : LEAST_ASSEMBLY;
        return of(least.plusMillis(bytes / SLOWEST_ASSEMBLY * 1000));
    }

    private Deadline of(Duration attempt) {
        Duration call = half(attempt);
        Duration least = timeout.multipliedBy(2);
        return new Deadline(attempt, call.compareTo(least) < 0 ? least : call);
    }

    /** Half as much again. */
    private static Duration half(Duration duration) {
        return duration.multipliedBy(3).dividedBy(2);
    }
}
