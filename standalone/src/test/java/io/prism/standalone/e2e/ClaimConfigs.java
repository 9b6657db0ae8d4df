package io.prism.standalone.e2e;

import io.prism.core.claim.ClaimStoreConfig;
import io.prism.core.spec.DataSize;
import io.prism.standalone.embedded.Servers;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** How what a test starts itself reaches the embedded servers' object storage. */
final class ClaimConfigs {
    private ClaimConfigs() {}

    /** With all the time that a loaded machine needs. */
    static ClaimStoreConfig of(Servers servers) {
        return at(servers.s3Endpoint(), servers, Duration.ofMinutes(1));
    }

    /**
     * @param endpoint of what stands before the storage
     */
    static ClaimStoreConfig at(URI endpoint, Servers servers, Duration timeout) {
        return new ClaimStoreConfig(
                Optional.of(endpoint),
                "us-east-1",
                Optional.of(servers.s3AccessKey()),
                Optional.of(servers.s3SecretKey()),
                true,
                "prism-claims",
                DataSize.ofMebibytes(8),
                DataSize.ofMebibytes(64),
                timeout);
    }
}
