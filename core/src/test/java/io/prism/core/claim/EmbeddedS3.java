package io.prism.core.claim;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** An S3 server in this process, on files. */
public final class EmbeddedS3 implements AutoCloseable {
    public static final String ACCESS_KEY = "prism";
    public static final String SECRET_KEY = "prism-test-secret";

    /** However slow the machine: a server in this process answers. */
    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final S3Proxy server;
    private final S3AsyncClient client;

    public EmbeddedS3(Path directory) throws Exception {
        Files.createDirectories(directory);
        server =
                S3Proxy.builder()
                        .blobStore(new FilesystemNio2BlobStore(directory.toString()))
                        .endpoint(URI.create("http://127.0.0.1:0"))
                        .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                        .ignoreUnknownHeaders(true)
                        .build();
        server.start();
        client =
                S3AsyncClient.builder()
                        .endpointOverride(endpoint())
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                        .httpClientBuilder(
                                NettyNioAsyncHttpClient.builder()
                                        .connectionTimeout(PATIENCE)
                                        .connectionAcquisitionTimeout(PATIENCE)
                                        .readTimeout(PATIENCE)
                                        .writeTimeout(PATIENCE))
                        .build();
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getPort());
    }

    /** A client of its own, to look from outside. */
    public S3AsyncClient client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException("the embedded S3 server did not stop", failure);
        }
    }
}
