package io.prism.core.claim;

import io.prism.core.spec.DataSize;
import java.net.URI;
import java.util.Optional;

/**
 * The process's own object storage: what a namespace that names no endpoint, bucket or region gets.
 *
 * @param endpoint absent for AWS itself
 * @param accessKey absent to use the AWS SDK's default credentials chain
 * @param memory for parts in flight, shared by all uploads of the process
 */
public record ClaimStoreConfig(
        Optional<URI> endpoint,
        String region,
        Optional<String> accessKey,
        Optional<String> secretKey,
        boolean pathStyle,
        String defaultBucket,
        DataSize partSize,
        DataSize memory) {
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
