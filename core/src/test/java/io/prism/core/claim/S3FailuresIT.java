package io.prism.core.claim;

import static io.prism.core.claim.ClaimStoreContract.assertCode;
import static io.prism.core.claim.ClaimStoreContract.claimCheck;
import static io.prism.core.claim.ClaimStoreContract.random;
import static io.prism.core.claim.ClaimStoreContract.stored;
import static io.prism.core.claim.ClaimStoreContract.uploaded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

class S3FailuresIT extends S3Harness {
    private static final DataSize MEMORY = DataSize.ofMebibytes(40);
    private static final Duration IMPATIENT = Duration.ofSeconds(1);
    private static final Duration QUICKLY = Duration.ofSeconds(10);

    private static ClaimStore store(S3ClaimStores stores) {
        return stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
    }

    private Claim someClaim(S3ClaimStores stores) {
        return stored(store(stores), random(1000));
    }

    private static void assertUnavailableQuickly(Runnable call) {
        long start = System.nanoTime();
        assertCode(ErrorCode.STORAGE_UNAVAILABLE, call::run);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(QUICKLY);
    }

    @Test
    void anEndpointWhereNobodyListensIsUnavailable() throws IOException {
        // Given
        URI nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
        try (S3ClaimStores working = stores(MEMORY);
                S3ClaimStores stores =
                        stores(nobody, EmbeddedS3.SECRET_KEY, BUCKET, MEMORY, IMPATIENT)) {
            ClaimStore store = store(stores);
            Claim claim = someClaim(working);
            // When, then
            assertUnavailableQuickly(stores::checkReachable);
            assertUnavailableQuickly(store::ensureReady);
            assertUnavailableQuickly(() -> stored(store, random(1_000_000)));
            assertUnavailableQuickly(() -> uploaded(store, random(1000), 1000));
            assertUnavailableQuickly(() -> store.load(claim).join());
            assertUnavailableQuickly(() -> store.open(claim, 0, 0));
            assertUnavailableQuickly(store::usage);
        }
    }

    @Test
    void anEndpointThatNeverAnswersIsUnavailable() throws IOException {
        // Given
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                S3ClaimStores stores =
                        stores(
                                URI.create("http://127.0.0.1:" + silent.getLocalPort()),
                                EmbeddedS3.SECRET_KEY,
                                BUCKET,
                                MEMORY,
                                IMPATIENT)) {
            // When, then
            assertUnavailableQuickly(stores::checkReachable);
        }
    }

    @Test
    void wrongCredentialsAreRefusedWithARemedyAndWithoutTheSecret() {
        // Given
        String wrong = "a-wrong-secret-key";
        try (S3ClaimStores working = stores(MEMORY);
                S3ClaimStores stores = stores(s3.endpoint(), wrong, BUCKET, MEMORY)) {
            ClaimStore store = store(stores);
            Claim claim = someClaim(working);
            for (Runnable call :
                    List.<Runnable>of(
                            stores::checkReachable,
                            store::ensureReady,
                            () -> stored(store, random(10)),
                            () -> uploaded(store, random(6 << 20), 1 << 20),
                            () -> store.load(claim).join(),
                            () -> store.open(claim, 0, 0),
                            () -> store.delete(List.of(claim)),
                            () -> store.expireBefore(clock.instant()))) {
                // When
                assertCode(ErrorCode.STORAGE_REFUSED, call::run);
            }
            PrismException refusal = catchThrowableOfType(PrismException.class, store::ensureReady);
            // Then
            assertThat(refusal)
                    .hasMessageContaining(BUCKET)
                    .hasMessageContaining(s3.endpoint().toString())
                    .hasMessageContaining("check the access key");
            assertThat(refusal.toString() + refusal.details() + refusal.getCause())
                    .doesNotContain(wrong);
        }
    }

    @Test
    void aMissingBucketIsRefusedUntilItIsMadeByAnyOfMany() {
        // Given
        try (S3ClaimStores stores =
                stores(s3.endpoint(), EmbeddedS3.SECRET_KEY, "made-by-many", MEMORY)) {
            ClaimStore store = store(stores);
            stores.checkReachable();
            assertCode(ErrorCode.STORAGE_REFUSED, () -> stored(store, random(10)));
            assertCode(ErrorCode.STORAGE_REFUSED, store::usage);
            assertThat(store.deleteAll()).isZero();
            // When
            CompletableFuture<?>[] racers =
                    Stream.generate(() -> CompletableFuture.runAsync(store::ensureReady))
                            .limit(8)
                            .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(racers).join();
            // Then
            assertThat(store.load(stored(store, random(10))).join()).hasSize(10);
        }
    }

    @Test
    void aPartThatFailsEndsTheUploadAndLeavesNothing() {
        // Given
        try (S3ClaimStores stores = stores(MEMORY)) {
            byte[] megabyte = random(1 << 20);
            ClaimStore.Upload upload = store(stores).begin();
            for (int i = 0; i < 6; i++) {
                upload.write(ByteBuffer.wrap(megabyte));
            }
            MultipartUpload behindItsBack = unfinished().getFirst();
            s3.client()
                    .abortMultipartUpload(
                            abort ->
                                    abort.bucket(BUCKET)
                                            .key(behindItsBack.key())
                                            .uploadId(behindItsBack.uploadId()))
                    .join();
            // When
            assertCode(
                    ErrorCode.STORAGE_UNAVAILABLE,
                    () -> {
                        for (int i = 0; i < 40; i++) {
                            upload.write(ByteBuffer.wrap(megabyte));
                        }
                        upload.complete();
                    });
            upload.close();
            // Then
            assertThat(unfinished()).isEmpty();
            assertThat(keys()).doesNotContain(behindItsBack.key());
            assertThat(stores.uploadMemory().used()).isZero();
        }
    }

    @Test
    void anInterruptedUploadIsCancelledAndLeavesNothing() throws InterruptedException {
        // Given
        try (S3ClaimStores stores = stores(MEMORY)) {
            byte[] megabyte = random(1 << 20);
            CompletableFuture<ErrorCode> outcome = new CompletableFuture<>();
            Thread writer =
                    Thread.startVirtualThread(
                            () -> {
                                try (ClaimStore.Upload upload = store(stores).begin()) {
                                    while (upload.size() < 1L << 40) {
                                        upload.write(ByteBuffer.wrap(megabyte));
                                        if (upload.size() == 20L << 20) {
                                            Thread.currentThread().interrupt();
                                        }
                                    }
                                } catch (PrismException failure) {
                                    outcome.complete(failure.code());
                                }
                            });
            // When
            writer.join();
            // Then
            assertThat(outcome.join()).isEqualTo(ErrorCode.CANCELLED);
            assertThat(unfinished()).isEmpty();
            assertThat(stores.uploadMemory().used()).isZero();
        }
    }

    @Test
    void partsSmallerThanStorageTakesAreRefusedAtTheStart() {
        ClaimStoreConfig tooSmall =
                new ClaimStoreConfig(
                        java.util.Optional.of(s3.endpoint()),
                        "us-east-1",
                        java.util.Optional.empty(),
                        java.util.Optional.empty(),
                        true,
                        BUCKET,
                        DataSize.ofMebibytes(1),
                        MEMORY,
                        EmbeddedS3.PATIENCE);
        assertCode(ErrorCode.CONFIGURATION_INVALID, () -> new S3ClaimStores(tooSmall, ids, clock));
    }
}
