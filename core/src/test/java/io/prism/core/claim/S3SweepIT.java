package io.prism.core.claim;

import static io.prism.core.claim.ClaimStoreContract.claimCheck;
import static io.prism.core.claim.ClaimStoreContract.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

class S3SweepIT extends S3Harness {

    @Test
    void uploadsBegunBeforeTheCutoffAndNeverFinishedAreAborted() {
        // Given
        try (S3ClaimStores stores = stores(DataSize.ofMebibytes(64))) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            ClaimStore.Upload abandoned = store.begin();
            abandoned.write(ByteBuffer.wrap(random(6 << 20)));
            clock.advance(Duration.ofHours(1));
            Instant cutoff = clock.instant();
            ClaimStore.Upload running = store.begin();
            running.write(ByteBuffer.wrap(random(6 << 20)));
            s3.client()
                    .createMultipartUpload(create -> create.bucket(BUCKET).key("other/object"))
                    .join();
            assertThat(unfinished()).hasSize(2);
            // When
            ClaimStore.Expired expired = store.expireBefore(cutoff);
            // Then
            assertThat(expired).isEqualTo(new ClaimStore.Expired(0, 0, 1));
            assertThat(unfinished()).hasSize(1);
            assertThat(store.load(running.complete()).join()).hasSize(6 << 20);
            running.close();
            abandoned.close();
            assertThat(
                            s3.client()
                                    .listMultipartUploads(list -> list.bucket(BUCKET))
                                    .join()
                                    .uploads())
                    .extracting(MultipartUpload::key)
                    .containsExactly("other/object");
            assertThat(store.deleteAll()).isEqualTo(1);
        }
    }

    @Test
    void onlyUploadsThatHaveTakenNothingSinceTheCutoffAreAborted() {
        // Given: parts carry the server's time, ids the test's
        clock.advance(Duration.between(clock.instant(), Instant.now().minusSeconds(7200)));
        try (S3ClaimStores stores = stores(DataSize.ofMebibytes(64))) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            ClaimStore.Upload slow = store.begin();
            slow.write(ByteBuffer.wrap(random(6 << 20)));
            Awaitility.await()
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> unfinished().stream().anyMatch(S3SweepIT::hasParts));
            // When
            long none = store.abortIdleUploads(Instant.now().minusSeconds(3600));
            int left = unfinished().size();
            long one = store.abortIdleUploads(Instant.now().plusSeconds(60));
            // Then
            assertThat(none).as("begun long ago, but it still moves").isZero();
            assertThat(left).isEqualTo(1);
            assertThat(one).isEqualTo(1);
            assertThat(unfinished()).isEmpty();
            slow.close();
        }
    }

    private static boolean hasParts(MultipartUpload upload) {
        return !s3.client()
                .listParts(
                        list -> list.bucket(BUCKET).key(upload.key()).uploadId(upload.uploadId()))
                .join()
                .parts()
                .isEmpty();
    }

    @Test
    void moreThanOnePageOfClaimsIsCountedExpiredAndDeletedByManyAtOnce() {
        // Given
        try (S3ClaimStores stores = stores(DataSize.ofMebibytes(64))) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            storeMany(store, 1_100);
            clock.advance(Duration.ofMillis(1));
            Instant cutoff = clock.instant();
            storeMany(store, 20);
            assertThat(store.usage()).isEqualTo(new ClaimStore.Usage(1_120, 11_200));
            // When
            var sweepers =
                    List.of(
                            CompletableFuture.supplyAsync(() -> store.expireBefore(cutoff)),
                            CompletableFuture.supplyAsync(() -> store.expireBefore(cutoff)));
            long claims = sweepers.stream().mapToLong(sweeper -> sweeper.join().claims()).sum();
            // Then
            assertThat(claims).isBetween(1_100L, 2_200L);
            assertThat(store.usage()).isEqualTo(new ClaimStore.Usage(20, 200));
            assertThat(store.deleteAll()).isEqualTo(20);
            assertThat(keys()).isEmpty();
        }
    }

    private static void storeMany(ClaimStore store, int count) {
        List<CompletableFuture<Claim>> pending = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pending.add(store.store(List.of(ByteBuffer.wrap(random(10)))));
        }
        pending.forEach(CompletableFuture::join);
    }
}
