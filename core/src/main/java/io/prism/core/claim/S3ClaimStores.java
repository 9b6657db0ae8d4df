package io.prism.core.claim;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/**
 * Claim stores on S3 or anything that speaks its protocol. Thread-safe.
 *
 * <p>A process needs one of these. Uploads take {@link ClaimStoreConfig#memory()} bytes together;
 * downloads read ahead in half as much again, beyond the one chunk each may always hold.
 */
public final class S3ClaimStores implements ClaimStores {
    private static final DataSize LEAST_PART = DataSize.ofMebibytes(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ClaimStoreConfig config;
    private final Clock clock;
    private final ExecutorService blocking;
    private final ExecutorService computing;
    private final S3Clients clients;
    private final S3ClaimStore.Resources resources;

    /**
     * @throws PrismException CONFIGURATION_INVALID for parts smaller than S3 takes
     */
    public S3ClaimStores(ClaimStoreConfig config, TimeOrderedIds ids, Clock clock) {
        if (config.partSize().compareTo(LEAST_PART) < 0) {
            throw new PrismException(
                    ErrorCode.CONFIGURATION_INVALID,
                    "the part size of uploads is "
                            + config.partSize()
                            + "; S3 takes no parts below "
                            + LEAST_PART);
        }
        this.config = config;
        this.clock = clock;
        this.blocking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("prism-claims-", 0).factory());
        this.computing =
                Executors.newFixedThreadPool(
                        Runtime.getRuntime().availableProcessors(),
                        Thread.ofPlatform().daemon().name("prism-claims-codec-", 0).factory());
        this.clients =
                new S3Clients(config.accessKey(), config.secretKey(), config.timeout(), blocking);
        PartSizes sizes = PartSizes.of(config.partSize().bytes(), config.memory().bytes());
        this.resources =
                new S3ClaimStore.Resources(
                        ids,
                        new UploadMemory(config.memory().bytes(), sizes.largest(), PATIENCE),
                        new ReadMemory(config.memory().bytes() / 2),
                        sizes,
                        blocking,
                        computing);
    }

    @Override
    public ClaimStore of(NamespaceName namespace, PatternSpec.ClaimCheck claimCheck) {
        PatternSpec.Storage storage = claimCheck.storage();
        S3Clients.Address address =
                new S3Clients.Address(
                        storage.endpoint()
                                .map(endpoint -> endpointOf(namespace, endpoint))
                                .or(config::endpoint),
                        storage.region().orElse(config.region()),
                        storage.pathStyle().orElse(config.pathStyle()));
        return new S3ClaimStore(
                new S3Bucket(clients.at(address), storage.bucket().orElse(config.defaultBucket())),
                new ClaimRules(storage.prefix(), claimCheck.cleanup(), clock),
                claimCheck.compression(),
                resources);
    }

    private static URI endpointOf(NamespaceName namespace, String endpoint) {
        Optional<URI> uri = parse(endpoint);
        if (uri.isEmpty() || uri.get().getScheme() == null || uri.get().getHost() == null) {
            throw new PrismException(
                    ErrorCode.NAMESPACE_INVALID,
                    "the storage endpoint of namespace "
                            + namespace
                            + " is not a URL such as https://s3.example.com: "
                            + endpoint);
        }
        return uri.get();
    }

    private static Optional<URI> parse(String endpoint) {
        try {
            return Optional.of(URI.create(endpoint));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    @Override
    public void checkReachable() {
        new S3Bucket(defaultConnection(), config.defaultBucket()).exists();
    }

    private S3Connection defaultConnection() {
        return clients.at(
                new S3Clients.Address(config.endpoint(), config.region(), config.pathStyle()));
    }

    /** To compare with: what stores at the default endpoint send their requests through. */
    S3AsyncClient defaultClient() {
        return defaultConnection().client();
    }

    /** For tests of the memory bounds. */
    UploadMemory uploadMemory() {
        return resources.uploads();
    }

    /** For tests of the memory bounds. */
    ReadMemory readMemory() {
        return resources.reads();
    }

    @Override
    public void close() {
        clients.close();
        computing.shutdown();
        blocking.shutdown();
    }
}
