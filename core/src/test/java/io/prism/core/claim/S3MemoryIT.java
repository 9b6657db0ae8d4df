package io.prism.core.claim;

import static io.prism.core.claim.ClaimStoreContract.claimCheck;
import static io.prism.core.claim.ClaimStoreContract.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.Compression;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory is bounded whatever passes through; measured by the stores' own accounts. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class S3MemoryIT extends S3Harness {
    private static final int MEGABYTE = 1 << 20;

    @Test
    void halfAGigabytePassesInBothDirectionsInTheMemoryOfThreeParts() {
        // Given
        DataSize memory = DataSize.ofMebibytes(24);
        byte[] megabyte = random(MEGABYTE);
        try (S3ClaimStores stores = stores(memory)) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.ZSTD));
            // When
            Claim claim;
            try (ClaimStore.Upload upload = store.begin()) {
                for (int i = 0; i < 512; i++) {
                    upload.write(ByteBuffer.wrap(megabyte));
                }
                claim = upload.complete();
            }
            long read = 0;
            try (ClaimStore.Download download = store.open(claim, 0, 0)) {
                for (byte[] next = download.read(MEGABYTE);
                        next != null;
                        next = download.read(MEGABYTE)) {
                    assertThat(next).isEqualTo(megabyte);
                    read += next.length;
                }
            }
            // Then
            assertThat(read).isEqualTo(512L * MEGABYTE);
            assertThat(claim.size()).isEqualTo(read);
            assertThat(stores.uploadMemory().peak()).isLessThanOrEqualTo(memory.bytes());
            assertThat(stores.readMemory().peak()).isLessThanOrEqualTo(3L * S3ObjectInput.CHUNK);
            store.delete(List.of(claim));
        }
    }

    @Test
    void aSlowReaderHoldsThreeChunksAndNoMore() {
        // Given
        try (S3ClaimStores stores = stores(DataSize.ofMebibytes(64))) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            Claim claim = store.store(List.of(ByteBuffer.wrap(random(40 * MEGABYTE)))).join();
            // When
            try (ClaimStore.Download download = store.open(claim, 0, 0)) {
                assertThat(download.read(1)).hasSize(1);
                // Then
                assertThat(stores.readMemory().used()).isEqualTo(3L * S3ObjectInput.CHUNK);
            }
            assertThat(stores.readMemory().used()).isZero();
        }
    }

    @Test
    void manyReadersShareTheMemoryForReadingAheadAndAllFinish() throws Exception {
        // Given
        byte[] payload = random(17 * MEGABYTE);
        try (S3ClaimStores stores = stores(DataSize.ofMebibytes(16))) {
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            Claim claim = store.store(List.of(ByteBuffer.wrap(payload))).join();
            List<Future<?>> readers = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                // When
                for (int i = 0; i < 10; i++) {
                    readers.add(
                            threads.submit(
                                    () ->
                                            assertThat(
                                                            ClaimStoreContract.fetched(
                                                                    store, claim, 0, 0, MEGABYTE))
                                                    .isEqualTo(payload)));
                }
                for (Future<?> reader : readers) {
                    reader.get();
                }
            }
            // Then: one chunk each, and 8 MiB to read ahead
            assertThat(stores.readMemory().peak())
                    .isLessThanOrEqualTo(10L * S3ObjectInput.CHUNK + 8 * MEGABYTE);
            assertThat(stores.readMemory().used()).isZero();
        }
    }

    @Test
    void manyUploadsInterleavedFinishInTheMemoryOfTwoParts() throws Exception {
        // Given
        DataSize memory = DataSize.ofMebibytes(10);
        byte[] payload = random(11 * MEGABYTE + 1);
        List<Future<Claim>> uploads = new ArrayList<>();
        try (S3ClaimStores stores = stores(memory);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            // When
            for (int i = 0; i < 24; i++) {
                ClaimStore store =
                        stores.of(
                                NAMESPACE,
                                claimCheck(
                                        PREFIX,
                                        i % 2 == 0 ? Compression.IDENTITY : Compression.GZIP));
                uploads.add(
                        threads.submit(() -> ClaimStoreContract.uploaded(store, payload, 100_000)));
            }
            // Then
            ClaimStore store = stores.of(NAMESPACE, claimCheck(PREFIX, Compression.IDENTITY));
            for (Future<Claim> upload : uploads) {
                Claim claim = upload.get(2, TimeUnit.MINUTES);
                assertThat(store.load(claim).join()).isEqualTo(payload);
            }
            assertThat(stores.uploadMemory().peak()).isLessThanOrEqualTo(memory.bytes());
            assertThat(stores.uploadMemory().used()).isZero();
            assertThat(unfinished()).isEmpty();
        }
    }
}
