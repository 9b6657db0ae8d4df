package io.prism.core.claim;

import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import software.amazon.awssdk.core.async.AsyncRequestBody;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;
import software.amazon.awssdk.services.s3.S3AsyncClient;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * The claim store beside a plain S3 client, on an S3 server in this process. Prints MB/s: the best
 * and the median of rounds that take turns. Not a test: run {@code main} when the store changes.
 */
final class ClaimThroughput {
    private static final String BUCKET = "throughput";
    private static final int ROUNDS = 5;
    private static final int PAYLOAD = 2_000_000;
    private static final int COUNT = 200;
    private static final int CONCURRENCY = 8;
    private static final int PART = 8 << 20;
    private static final int PARTS = 64;

    private final EmbeddedS3 s3;
    private final S3AsyncClient sameClient;
    private final ClaimStore store;
    private final byte[] payload = ClaimStoreContract.random(PAYLOAD);
    private final byte[] part = ClaimStoreContract.random(PART);
    private final Map<String, List<Double>> results = new LinkedHashMap<>();

    private ClaimThroughput(EmbeddedS3 s3, S3ClaimStores stores) {
        this.s3 = s3;
        this.sameClient = stores.defaultClient();
        this.store =
                stores.of(
                        new NamespaceName("videos"),
                        ClaimStoreContract.claimCheck("claims/", Compression.IDENTITY));
        store.ensureReady();
    }

    public static void main(String[] args) throws Exception {
        Path directory = Files.createTempDirectory("claim-throughput");
        try (EmbeddedS3 s3 = new EmbeddedS3(directory);
                S3ClaimStores stores =
                        new S3ClaimStores(
                                new ClaimStoreConfig(
                                        Optional.of(s3.endpoint()),
                                        "us-east-1",
                                        Optional.of(EmbeddedS3.ACCESS_KEY),
                                        Optional.of(EmbeddedS3.SECRET_KEY),
                                        true,
                                        BUCKET,
                                        new DataSize(PART),
                                        DataSize.ofMebibytes(64),
                                        ClaimStoreConfig.TIMEOUT),
                                new TimeOrderedIds(Clock.systemUTC(), new SecureRandom()),
                                Clock.systemUTC())) {
            new ClaimThroughput(s3, stores).run();
        }
        System.exit(0);
    }

    private void run() {
        for (int round = 0; round <= ROUNDS; round++) {
            smallRound();
            largeRound();
            if (round == 0) {
                results.clear();
            }
            store.deleteAll();
        }
        results.forEach(
                (name, rates) -> {
                    List<Double> sorted = rates.stream().sorted().toList();
                    System.out.printf(
                            Locale.ROOT,
                            "%-34s median %6.0f MB/s   best %6.0f MB/s%n",
                            name,
                            sorted.get(sorted.size() / 2),
                            sorted.getLast());
                });
    }

    private void smallRound() {
        long bytes = (long) PAYLOAD * COUNT;
        List<Claim> claims = new ArrayList<>();
        measure("2 MB put, plain default client", bytes, () -> many(i -> put(s3.client(), i)));
        measure("2 MB put, plain same client", bytes, () -> many(i -> put(sameClient, i)));
        measure(
                "2 MB store()",
                bytes,
                () ->
                        many(
                                i ->
                                        store.store(List.of(ByteBuffer.wrap(payload)))
                                                .thenAccept(
                                                        claim -> {
                                                            synchronized (claims) {
                                                                claims.add(claim);
                                                            }
                                                        })));
        measure("2 MB get, plain same client", bytes, () -> many(i -> get(sameClient, i)));
        measure("2 MB load()", bytes, () -> many(i -> store.load(claims.get(i))));
    }

    private void largeRound() {
        long bytes = (long) PART * PARTS;
        measure("512 MiB multipart, plain same client", bytes, this::plainMultipart);
        List<Claim> claim = new ArrayList<>();
        measure("512 MiB upload", bytes, () -> claim.add(upload()));
        measure("512 MiB get, plain same client", bytes, this::plainGet);
        measure("512 MiB download", bytes, () -> download(claim.getFirst()));
    }

    private void measure(String name, long bytes, Runnable work) {
        long start = System.nanoTime();
        work.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        results.computeIfAbsent(name, n -> new ArrayList<>()).add(bytes / 1e6 / seconds);
    }

    private static void many(IntFunction<CompletableFuture<?>> request) {
        ArrayDeque<CompletableFuture<?>> pending = new ArrayDeque<>();
        for (int i = 0; i < COUNT; i++) {
            if (pending.size() == CONCURRENCY) {
                pending.removeFirst().join();
            }
            pending.addLast(request.apply(i));
        }
        pending.forEach(CompletableFuture::join);
    }

    private CompletableFuture<?> put(S3AsyncClient client, int number) {
        return client.putObject(
                put -> put.bucket(BUCKET).key("claims/plain-" + number),
                AsyncRequestBody.fromBytesUnsafe(payload));
    }

    private static CompletableFuture<?> get(S3AsyncClient client, int number) {
        return client.getObject(
                get -> get.bucket(BUCKET).key("claims/plain-" + number),
                AsyncResponseTransformer.toBytes());
    }

    private void plainMultipart() {
        String key = "claims/plain-large";
        String id =
                sameClient.createMultipartUpload(c -> c.bucket(BUCKET).key(key)).join().uploadId();
        ArrayDeque<CompletableFuture<CompletedPart>> pending = new ArrayDeque<>();
        List<CompletedPart> done = new ArrayList<>();
        for (int i = 1; i <= PARTS; i++) {
            if (pending.size() == MultipartUpload.IN_FLIGHT) {
                done.add(pending.removeFirst().join());
            }
            int number = i;
            pending.addLast(
                    sameClient
                            .uploadPart(
                                    p -> p.bucket(BUCKET).key(key).uploadId(id).partNumber(number),
                                    AsyncRequestBody.fromBytesUnsafe(part))
                            .thenApply(
                                    answer ->
                                            CompletedPart.builder()
                                                    .partNumber(number)
                                                    .eTag(answer.eTag())
                                                    .build()));
        }
        pending.forEach(answer -> done.add(answer.join()));
        sameClient
                .completeMultipartUpload(
                        c ->
                                c.bucket(BUCKET)
                                        .key(key)
                                        .uploadId(id)
                                        .multipartUpload(upload -> upload.parts(done)))
                .join();
    }

    private Claim upload() {
        try (ClaimStore.Upload upload = store.begin()) {
            for (int i = 0; i < PARTS; i++) {
                for (int at = 0; at < PART; at += 1 << 20) {
                    upload.write(ByteBuffer.wrap(part, at, 1 << 20));
                }
            }
            return upload.complete();
        }
    }

    private void plainGet() {
        sameClient
                .getObject(
                        get -> get.bucket(BUCKET).key("claims/plain-large"),
                        AsyncResponseTransformer.toPublisher())
                .thenCompose(body -> body.subscribe(buffer -> {}))
                .join();
    }

    private void download(Claim claim) {
        try (ClaimStore.Download download = store.open(claim, 0, 0)) {
            long read = 0;
            for (byte[] next = download.read(1 << 20);
                    next != null;
                    next = download.read(1 << 20)) {
                read += next.length;
            }
            if (read != claim.size()) {
                throw new IllegalStateException("read " + read);
            }
        }
    }
}
