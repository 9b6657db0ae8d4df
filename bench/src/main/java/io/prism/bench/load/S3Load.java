package io.prism.bench.load;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/** Stores and reads objects with the plain asynchronous S3 client. */
public final class S3Load implements AutoCloseable {
    private final S3AsyncClient client;
    private final Duration patience;

    /**
     * @param connections at most
     * @param patience how long the last answers may take after a load has ended
     */
    public S3Load(
            URI endpoint, String accessKey, String secretKey, int connections, Duration patience) {
        this.client =
                S3AsyncClient.builder()
                        .endpointOverride(endpoint)
                        .region(Region.US_EAST_1)
                        .forcePathStyle(true)
                        .credentialsProvider(
                                StaticCredentialsProvider.create(
                                        AwsBasicCredentials.create(accessKey, secretKey)))
                        .httpClientBuilder(
                                NettyNioAsyncHttpClient.builder().maxConcurrency(connections))
                        .build();
        this.patience = patience;
    }

    public void createBucket(String bucket) {
        var _ = client.createBucket(it -> it.bucket(bucket)).join();
    }

    /** With every object in it. */
    public void deleteBucket(String bucket) {
        Queue<String> keys = new ConcurrentLinkedQueue<>();
        client.listObjectsV2Paginator(it -> it.bucket(bucket))
                .contents()
                .map(S3Object::key)
                .subscribe(keys::add)
                .join();
        keys.forEach(key -> delete(bucket, key));
        var _ = client.deleteBucket(it -> it.bucket(bucket)).join();
    }

    private void delete(String bucket, String key) {
        var _ = client.deleteObject(it -> it.bucket(bucket).key(key)).join();
    }

    /**
     * Stores the payload over and over, so many at a time, each under its own key.
     *
     * @return nanoseconds from the first request until everything was answered
     */
    public long put(String bucket, byte[] payload, int concurrency, Duration duration, Meter meter)
            throws InterruptedException {
        Outstanding outstanding = new Outstanding(concurrency);
        long start = System.nanoTime();
        long deadline = start + duration.toNanos();
        for (long i = 0; System.nanoTime() - deadline < 0; i++) {
            outstanding.begin();
            String key = "put-" + i;
            long sent = System.nanoTime();
            var _ =
                    client.putObject(
                                    it -> it.bucket(bucket).key(key),
                                    AsyncRequestBody.fromBytesUnsafe(payload))
                            .whenComplete(
                                    (_, failure) -> {
                                        if (failure == null) {
                                            meter.acknowledged(System.nanoTime() - sent);
                                        } else {
                                            meter.failed(cause(failure).toString());
                                        }
                                        outstanding.end();
                                    });
        }
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    /** Stores the payload so often, so many at a time, under the keys {@link #get} reads. */
    public void put(String bucket, byte[] payload, int count, int concurrency, Meter meter)
            throws InterruptedException {
        Outstanding outstanding = new Outstanding(concurrency);
        for (int i = 0; i < count; i++) {
            outstanding.begin();
            String key = "put-" + i;
            var _ =
                    client.putObject(
                                    it -> it.bucket(bucket).key(key),
                                    AsyncRequestBody.fromBytesUnsafe(payload))
                            .whenComplete((_, failure) -> ended(failure, meter, outstanding));
        }
        outstanding.drain(patience, meter);
    }

    /**
     * Reads the first so many objects that were put, each whole into memory and compared with the
     * payload, so many at a time.
     *
     * @return nanoseconds from the first request until everything was answered
     */
    public long get(String bucket, byte[] payload, int count, int concurrency, Meter meter)
            throws InterruptedException {
        Outstanding outstanding = new Outstanding(concurrency);
        long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            outstanding.begin();
            String key = "put-" + i;
            var _ =
                    client.getObject(
                                    it -> it.bucket(bucket).key(key),
                                    AsyncResponseTransformer.toBytes())
                            .thenAccept(it -> mustBe(payload, it.asByteArrayUnsafe()))
                            .whenComplete((_, failure) -> ended(failure, meter, outstanding));
        }
        outstanding.drain(patience, meter);
        return System.nanoTime() - start;
    }

    private static void mustBe(byte[] expected, byte[] read) {
        if (!Arrays.equals(expected, read)) {
            throw new IllegalStateException("an object came back with other bytes");
        }
    }

    private static void ended(@Nullable Throwable failure, Meter meter, Outstanding outstanding) {
        if (failure == null) {
            meter.acknowledged();
        } else {
            meter.failed(cause(failure).toString());
        }
        outstanding.end();
    }

    /**
     * Stores one payload in parts; a failed upload is aborted.
     *
     * @param blocksPerPart of {@link LargePayload#BLOCK} bytes
     * @param parallel parts on their way at most
     */
    public void multipart(
            String bucket,
            String key,
            LargePayload payload,
            int blocksPerPart,
            int parallel,
            LongConsumer progress)
            throws InterruptedException {
        String upload =
                client.createMultipartUpload(it -> it.bucket(bucket).key(key)).join().uploadId();
        Semaphore free = new Semaphore(parallel);
        Queue<CompletedPart> done = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<UploadPartResponse>> parts = new ArrayList<>();
        try {
            for (long block = 0; block < payload.blocks(); block += blocksPerPart) {
                free.acquire();
                int number = parts.size() + 1;
                var buffers = payload.buffers(block, blocksPerPart);
                long bytes = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
                parts.add(
                        client.uploadPart(
                                        it ->
                                                it.bucket(bucket)
                                                        .key(key)
                                                        .uploadId(upload)
                                                        .contentLength(bytes)
                                                        .partNumber(number),
                                        AsyncRequestBody.fromRemainingByteBuffersUnsafe(
                                                buffers.toArray(ByteBuffer[]::new)))
                                .whenComplete(
                                        (response, _) -> {
                                            if (response != null) {
                                                done.add(part(number, response));
                                                progress.accept(bytes);
                                            }
                                            free.release();
                                        }));
            }
            var _ = CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new)).join();
            List<CompletedPart> ordered =
                    done.stream().sorted(Comparator.comparing(CompletedPart::partNumber)).toList();
            var _ =
                    client.completeMultipartUpload(
                                    it ->
                                            it.bucket(bucket)
                                                    .key(key)
                                                    .uploadId(upload)
                                                    .multipartUpload(all -> all.parts(ordered)))
                            .join();
        } catch (CompletionException | InterruptedException e) {
            var _ =
                    client.abortMultipartUpload(it -> it.bucket(bucket).key(key).uploadId(upload))
                            .join();
            throw e;
        }
    }

    private static CompletedPart part(int number, UploadPartResponse response) {
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(response.eTag())
                .checksumCRC32(response.checksumCRC32())
                .build();
    }

    /**
     * Reads one object and digests it while it arrives.
     *
     * @return SHA-256 in hexadecimal
     */
    public String get(String bucket, String key, LongConsumer progress) throws IOException {
        MessageDigest sha256 = LargePayload.newSha256();
        byte[] buffer = new byte[256 * 1024];
        try (InputStream in =
                client.getObject(
                                it -> it.bucket(bucket).key(key),
                                AsyncResponseTransformer.toBlockingInputStream())
                        .join()) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                sha256.update(buffer, 0, n);
                progress.accept(n);
            }
        }
        return LargePayload.hex(sha256);
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null
                ? failure.getCause()
                : failure;
    }

    @Override
    public void close() {
        client.close();
    }
}
