package io.prism.standalone.cli.client.demo;

import io.prism.standalone.cli.client.console.CommandFailure;
import io.prism.standalone.cli.client.console.ExitCode;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;

/** Objects in a bucket, seen by a plain S3 client that knows nothing of Prism. */
public final class S3View implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 30;

    private final S3AsyncClient client;

    S3View(String endpoint, String accessKey, String secretKey) {
        this.client =
                S3AsyncClient.builder()
                        .endpointOverride(URI.create(endpoint))
                        .region(Region.US_EAST_1)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(accessKey, secretKey)))
                        .forcePathStyle(true)
                        // Endpoints other than AWS need not know the newer checksums.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .httpClientBuilder(NettyNioAsyncHttpClient.builder())
                        .build();
    }

    public record StoredObject(String key, long size) {}

    /** The first thousand objects of the bucket. */
    public List<StoredObject> list(String bucket) throws InterruptedException {
        return await(client.listObjectsV2(request -> request.bucket(bucket))).contents().stream()
                .map(object -> new StoredObject(object.key(), object.size()))
                .toList();
    }

    /** Stores an object, whoever's it may be. */
    public void put(String bucket, String key, byte[] content) throws InterruptedException {
        await(
                client.putObject(
                        request -> request.bucket(bucket).key(key),
                        AsyncRequestBody.fromBytes(content)));
    }

    /** Deletes an object; one that is not there is no error. */
    public void delete(String bucket, String key) throws InterruptedException {
        await(client.deleteObject(request -> request.bucket(bucket).key(key)));
    }

    /** Replaces one byte in the middle of the object by another, as a failing disk might. */
    public void corrupt(String bucket, String key) throws InterruptedException {
        byte[] content =
                await(
                                client.getObject(
                                        request -> request.bucket(bucket).key(key),
                                        AsyncResponseTransformer.toBytes()))
                        .asByteArray();
        content[content.length / 2] ^= 0x01;
        put(bucket, key, content);
    }

    /** Deletes the bucket if it is there and empty. */
    public void deleteBucket(String bucket) throws InterruptedException {
        if (buckets().contains(bucket) && list(bucket).isEmpty()) {
            await(client.deleteBucket(request -> request.bucket(bucket)));
        }
    }

    private java.util.Set<String> buckets() throws InterruptedException {
        return await(client.listBuckets()).buckets().stream()
                .map(bucket -> bucket.name())
                .collect(Collectors.toSet());
    }

    private static <T> T await(CompletableFuture<T> answer) throws InterruptedException {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String who = cause instanceof SdkException ? "The object storage says: " : "";
            throw new CommandFailure(ExitCode.UNREACHABLE, who + cause.getMessage(), cause);
        } catch (TimeoutException e) {
            throw new CommandFailure(
                    ExitCode.UNREACHABLE,
                    "The object storage did not answer within " + PATIENCE_SECONDS + " s.",
                    e);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
