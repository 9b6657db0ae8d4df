package io.prism.core.claim;

import io.prism.core.spec.DataSize;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The process's own object storage: what a namespace that names no endpoint, bucket or region gets.
 *
 * @param endpoint absent for AWS itself
 * @param accessKey absent to use the AWS SDK's default credentials chain
 * @param memory for parts in flight, shared by all uploads of the process
 * @param timeout for one attempt at a request that moves no bytes; a transfer gets a second more
 *     for each 512 KiB, and all attempts together get half as much again, at least twice this
 */
public record ClaimStoreConfig(
        Optional<URI> endpoint,
        String region,
        Optional<String> accessKey,
        Optional<String> secretKey,
        boolean pathStyle,
        String defaultBucket,
        DataSize partSize,
        DataSize memory,
        Duration timeout) {
    /** What fits storage over a network. */
    public static final Duration TIMEOUT = Duration.ofSeconds(4);

    @Override
    public String toString() {
        return "ClaimStoreConfig[endpoint="
                + endpoint
                + ", region="
                + region
                + ", bucket="
                + defaultBucket
                + "]";
    }
}
