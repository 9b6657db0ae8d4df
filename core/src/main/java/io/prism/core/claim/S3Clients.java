package io.prism.core.claim;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.SdkAdvancedAsyncClientOption;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Makes one client for each endpoint, and closes them all. Thread-safe. */
final class S3Clients implements AutoCloseable {
    private static final int CONNECTIONS = 64;

    /** Left to requests that move no payload. */
    private static final int SPARE_CONNECTIONS = 8;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

    /** Longer than any deadline of a request: deadlines decide, these only free the connection. */
    private static final Duration SOCKET_TIMEOUT = Duration.ofMinutes(5);

    private static final int ATTEMPTS = 3;

    /**
     * @param endpoint absent for AWS itself
     */
    record Address(Optional<URI> endpoint, String region, boolean pathStyle) {}

    private final AwsCredentialsProvider credentials;
    private final Duration timeout;
    private final Executor completions;
    private final Map<Address, S3Connection> connections = new ConcurrentHashMap<>();

    /**
     * @param timeout for one attempt at a request that moves no bytes
     * @param completions runs what follows an answer, so that it never runs on the network's
     *     threads; it may block
     */
    S3Clients(
            Optional<String> accessKey,
            Optional<String> secretKey,
            Duration timeout,
            Executor completions) {
        this.credentials =
                accessKey.isPresent() && secretKey.isPresent()
                        ? StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(accessKey.get(), secretKey.get()))
                        : DefaultCredentialsProvider.builder().build();
        this.timeout = timeout;
        this.completions = completions;
    }

    S3Connection at(Address address) {
        return connections.computeIfAbsent(address, this::connect);
    }

    private S3Connection connect(Address address) {
        var builder =
                S3AsyncClient.builder()
                        .region(Region.of(address.region()))
                        .forcePathStyle(address.pathStyle())
                        .credentialsProvider(credentials)
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .httpClientBuilder(
                                NettyNioAsyncHttpClient.builder()
                                        .maxConcurrency(CONNECTIONS)
                                        .connectionTimeout(CONNECT_TIMEOUT)
                                        .connectionAcquisitionTimeout(SOCKET_TIMEOUT)
                                        .readTimeout(SOCKET_TIMEOUT)
                                        .writeTimeout(SOCKET_TIMEOUT)
                                        .tcpKeepAlive(true))
                        .asyncConfiguration(
                                async ->
                                        async.advancedOption(
                                                SdkAdvancedAsyncClientOption
                                                        .FUTURE_COMPLETION_EXECUTOR,
                                                completions))
                        .overrideConfiguration(
                                override ->
                                        override.retryStrategy(
                                                AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                                        .maxAttempts(ATTEMPTS)
                                                        .build()));
        address.endpoint().ifPresent(builder::endpointOverride);
        return new S3Connection(
                builder.build(),
                presigner(address),
                new Semaphore(CONNECTIONS - SPARE_CONNECTIONS, true),
                new S3Deadlines(timeout),
                address.endpoint().map(URI::toString).orElse("AWS " + address.region()));
    }

    private S3Presigner presigner(Address address) {
        S3Presigner.Builder builder =
                S3Presigner.builder()
                        .region(Region.of(address.region()))
                        .credentialsProvider(credentials)
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .pathStyleAccessEnabled(address.pathStyle())
                                        .build());
        address.endpoint().ifPresent(builder::endpointOverride);
        return builder.build();
    }

    @Override
    public void close() {
        for (S3Connection connection : connections.values()) {
            connection.client().close();
            connection.presigner().close();
        }
    }
}
