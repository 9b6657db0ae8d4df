package io.prism.core.claim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.spec.DataSize;
import io.prism.core.spec.PatternSpec.ClaimCheck;
import io.prism.core.spec.PatternSpec.Cleanup;
import io.prism.core.spec.PatternSpec.Compression;
import io.prism.core.spec.PatternSpec.Storage;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What every claim store does; an implementation's test extends this and says how to reach it. */
abstract class ClaimStoreContract {
    /** Above S3's least, and no multiple of a page: pages and parts end at different bytes. */
    static final int PART = 5_300_000;

    /** Less than a part, more than a page. */
    static final int SOME = 300_000;

    /** How much a download fetches at once. */
    static final int CHUNK = S3ObjectInput.CHUNK;

    static final Duration TTL = Duration.ofDays(7);

    private static final AtomicInteger PREFIXES = new AtomicInteger();

    /** What is at rest, seen from outside the store. */
    interface AtRest {
        Set<String> keys(String prefix);

        byte[] get(String key);

        void put(String key, byte[] object);

        void remove(String key);

        /** Multipart uploads begun and neither completed nor aborted. */
        int unfinished(String prefix);
    }

    final MovableClock clock = new MovableClock(Instant.parse("2026-11-22T10:00:00Z"));
    final TimeOrderedIds ids = new TimeOrderedIds(clock, new Random(14));
    final String prefix = "claims/n" + PREFIXES.incrementAndGet() + "/";

    abstract ClaimStore store(ClaimCheck claimCheck);

    abstract AtRest atRest();

    ClaimStore store(Compression compression) {
        return store(claimCheck(prefix, compression));
    }

    static ClaimCheck claimCheck(String prefix, Compression compression) {
        return new ClaimCheck(
                new DataSize(0),
                new Storage(
                        Optional.empty(),
                        prefix,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                compression,
                new Cleanup(Cleanup.Strategy.TTL, Optional.of(TTL)),
                Optional.empty());
    }

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static byte[] text(int size) {
        byte[] bytes = random(size);
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) ('a' + (bytes[i] & 3));
        }
        return bytes;
    }

    static Claim stored(ClaimStore store, byte[] payload) {
        return store.store(List.of(ByteBuffer.wrap(payload))).join();
    }

    static Claim uploaded(ClaimStore store, byte[] payload, int step) {
        try (ClaimStore.Upload upload = store.begin()) {
            for (int at = 0; at < payload.length; at += step) {
                upload.write(ByteBuffer.wrap(payload, at, Math.min(step, payload.length - at)));
            }
            assertThat(upload.size()).isEqualTo(payload.length);
            return upload.complete();
        }
    }

    static byte[] fetched(ClaimStore store, Claim claim, long offset, long length, int step) {
        ByteBuffer all = ByteBuffer.allocate((int) claim.size());
        try (ClaimStore.Download download = store.open(claim, offset, length)) {
            for (byte[] next = download.read(step); next != null; next = download.read(step)) {
                assertThat(next.length).isBetween(1, step);
                all.put(next);
            }
            assertThat(download.read(step)).isNull();
        }
        byte[] bytes = new byte[all.flip().remaining()];
        all.get(bytes);
        return bytes;
    }

    static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(
                        () -> {
                            try {
                                call.call();
                            } catch (CompletionException wrapped) {
                                throw wrapped.getCause();
                            }
                        })
                .isInstanceOfSatisfying(
                        PrismException.class,
                        failure -> assertThat(failure.code()).as("%s", failure).isEqualTo(code));
    }

    /** Reading the claim in any way fails with this code. */
    static void assertUnreadable(ErrorCode code, ClaimStore store, Claim claim) {
        assertCode(code, () -> store.load(claim).join());
        assertCode(code, () -> fetched(store, claim, 0, 0, 100_000));
        assertCode(code, () -> fetched(store, claim, 0, claim.size(), 100_000));
    }

    static Stream<Arguments> payloads() {
        List<Integer> sizes =
                List.of(
                        0,
                        1,
                        PART - 1,
                        PART,
                        PART + 1,
                        Codec.SAMPLE,
                        Codec.SAMPLE + 1,
                        2 * PART + 17);
        return Stream.of(Compression.values())
                .flatMap(
                        compression ->
                                sizes.stream()
                                        .flatMap(
                                                size ->
                                                        Stream.of(true, false)
                                                                .map(
                                                                        text ->
                                                                                Arguments.of(
                                                                                        compression,
                                                                                        size,
                                                                                        text))));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void whatIsStoredInOneGoComesBackWhole(Compression compression, int size, boolean text) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = text ? text(size) : random(size);
        // When
        Claim claim = stored(store, payload);
        // Then
        assertThat(claim.size()).isEqualTo(size);
        assertThat(claim.key()).isEqualTo(prefix + claim.id());
        assertThat(store.load(claim).join()).isEqualTo(payload);
        assertThat(fetched(store, claim, 0, 0, 700_000)).isEqualTo(payload);
    }

    @ParameterizedTest
    @MethodSource("payloads")
    void whatIsUploadedBitByBitComesBackWhole(Compression compression, int size, boolean text) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = text ? text(size) : random(size);
        // When
        Claim claim = uploaded(store, payload, 777_777);
        // Then
        assertThat(store.load(claim).join()).isEqualTo(payload);
        assertThat(fetched(store, claim, 0, 0, 700_000)).isEqualTo(payload);
        assertThat(claim.sha256()).isEqualTo(stored(store, payload).sha256());
        assertThat(atRest().unfinished(prefix)).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void onlyWhatShrinksIsCompressed(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        // When
        Claim text = stored(store, text(2 * SOME));
        Claim noise = stored(store, random(2 * SOME));
        Claim uploadedNoise = uploaded(store, random(2 * SOME), 10_000);
        // Then
        assertThat(text.encoding()).isEqualTo(compression);
        assertThat(atRest().get(text.key())).hasSizeLessThan(SOME);
        assertThat(noise.encoding()).isEqualTo(Compression.IDENTITY);
        assertThat(uploadedNoise.encoding()).isEqualTo(Compression.IDENTITY);
        assertThat(atRest().get(noise.key())).isEqualTo(random(2 * SOME));
    }

    @Test
    void thePayloadIsTakenFromAllBuffersWhicheverKindAndLeavesThemAsTheyWere() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        byte[] payload = random(1000);
        ByteBuffer direct = ByteBuffer.allocateDirect(500).put(payload, 0, 500).flip();
        ByteBuffer rest = ByteBuffer.wrap(payload, 500, 500);
        ByteBuffer empty = ByteBuffer.allocate(0);
        // When
        Claim claim = store.store(List.of(direct, empty, rest)).join();
        // Then
        assertThat(store.load(claim).join()).isEqualTo(payload);
        assertThat(direct.remaining()).isEqualTo(500);
        assertThat(rest.remaining()).isEqualTo(500);
    }

    @ParameterizedTest
    @EnumSource
    void anUploadTakesDirectBuffersToo(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = text(2 * PART);
        ByteBuffer direct = ByteBuffer.allocateDirect(payload.length).put(payload).flip();
        // When
        Claim claim;
        try (ClaimStore.Upload upload = store.begin()) {
            upload.write(direct);
            claim = upload.complete();
        }
        // Then
        assertThat(store.load(claim).join()).isEqualTo(payload);
    }

    @ParameterizedTest
    @EnumSource
    void everyRangeIsWhatLiesThere(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = text(2 * PART);
        Claim claim = uploaded(store, payload, PART);
        List<Integer> edges =
                List.of(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, PART, 2 * CHUNK, 2 * PART - 1, 2 * PART);
        for (int from : edges) {
            for (int to : edges) {
                if (from <= to) {
                    // When
                    byte[] range = fetched(store, claim, from, to - from, 999_999);
                    // Then
                    int end = from == to ? payload.length : to;
                    assertThat(range)
                            .as("%d to %d", from, to)
                            .isEqualTo(java.util.Arrays.copyOfRange(payload, from, end));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRangeBeyondThePayloadIsRefused(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        Claim claim = stored(store, text(1000));
        // When, then
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, 1001, 0));
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, -1, 0));
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, 0, 1001));
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, 500, 501));
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, 500, -1));
        assertCode(ErrorCode.RANGE_INVALID, () -> store.open(claim, 1, Long.MAX_VALUE));
    }

    @ParameterizedTest
    @EnumSource
    void aDamagedObjectIsReportedAsCorrupt(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        Claim claim = stored(store, text(2 * SOME));
        byte[] good = atRest().get(claim.key());
        byte[] flipped = good.clone();
        flipped[good.length / 2] ^= 1;
        List<byte[]> damages =
                List.of(
                        flipped,
                        java.util.Arrays.copyOf(good, good.length - 1),
                        java.util.Arrays.copyOf(good, good.length / 2),
                        java.util.Arrays.copyOf(good, good.length * 3),
                        new byte[0],
                        random(good.length),
                        random(10));
        for (byte[] damage : damages) {
            // When
            atRest().put(claim.key(), damage);
            // Then
            if (compression == Compression.IDENTITY || damage.length < good.length) {
                assertUnreadable(ErrorCode.CLAIM_CORRUPT, store, claim);
            } else {
                assertNeverWrong(store, claim, text(2 * SOME));
            }
        }
    }

    /** Decoders may overlook what follows their data; what they may not do is give other bytes. */
    private static void assertNeverWrong(ClaimStore store, Claim claim, byte[] payload) {
        try {
            assertThat(fetched(store, claim, 0, 0, 100_000)).isEqualTo(payload);
        } catch (PrismException failure) {
            assertThat(failure.code()).isEqualTo(ErrorCode.CLAIM_CORRUPT);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherPayloadInTheObjectsPlaceIsReportedAsCorrupt(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        byte[] payload = text(SOME);
        Claim claim = stored(store, payload);
        payload[7] ^= 1;
        Claim other = stored(store, payload);
        // When
        atRest().put(claim.key(), atRest().get(other.key()));
        // Then
        assertUnreadable(ErrorCode.CLAIM_CORRUPT, store, claim);
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "ZSTD"})
    void anObjectThatDecodesToMoreThanItsClaimIsCutOff(Compression compression) {
        // Given
        ClaimStore store = store(compression);
        Claim small = stored(store, text(1000));
        Claim bomb = stored(store, new byte[20_000_000]);
        // When
        atRest().put(small.key(), atRest().get(bomb.key()));
        // Then
        assertUnreadable(ErrorCode.CLAIM_CORRUPT, store, small);
    }

    @ParameterizedTest
    @EnumSource
    void aDeletedObjectIsReportedAsMissingUntilItsTtlAndAsExpiredAfterwards(
            Compression compression) {
        // Given
        ClaimStore store = store(compression);
        Claim claim = stored(store, text(1000));
        atRest().remove(claim.key());
        // When, then
        clock.advance(TTL);
        assertUnreadable(ErrorCode.CLAIM_MISSING, store, claim);
        assertCode(ErrorCode.CLAIM_MISSING, () -> store.open(claim, 1000, 0));
        clock.advance(Duration.ofMillis(1));
        assertUnreadable(ErrorCode.CLAIM_EXPIRED, store, claim);
    }

    @Test
    void aFailedFutureHoldsTheErrorItselfWithoutAWrapper() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Claim claim = stored(store, text(1000));
        atRest().remove(claim.key());
        // When
        Throwable failure = store.load(claim).handle((payload, error) -> error).join();
        // Then
        assertThat(failure).isInstanceOf(PrismException.class);
    }

    @Test
    void aForgedClaimNeverReachesAnotherObject() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        Claim mine = stored(store, random(1000));
        ClaimStore theirs = store(claimCheck(prefix + "theirs/", Compression.IDENTITY));
        Claim secret = stored(theirs, random(1000));
        UUID other = ids.next();
        List<Claim> forged =
                List.of(
                        secret,
                        withKey(mine, secret.key()),
                        withKey(secret, mine.key()),
                        withKey(mine, prefix + other),
                        withKey(mine, prefix + "../" + mine.id()),
                        withKey(mine, prefix + "x/" + mine.id()),
                        withKey(mine, "/" + mine.key()),
                        withKey(mine, mine.key() + "?versionId=1"),
                        withKey(
                                mine,
                                prefix + mine.id().toString().toUpperCase(java.util.Locale.ROOT)),
                        withKey(mine, ""),
                        new Claim(
                                UUID.fromString("7d444840-9dc0-41d1-b245-5ffdce74fad2"),
                                prefix + "7d444840-9dc0-41d1-b245-5ffdce74fad2",
                                1,
                                mine.sha256(),
                                mine.encoding()),
                        new Claim(mine.id(), mine.key(), -1, mine.sha256(), mine.encoding()),
                        new Claim(mine.id(), mine.key(), 1, "../../etc/passwd", mine.encoding()));
        for (Claim claim : forged) {
            // When, then
            assertCode(ErrorCode.PAYLOAD_REF_INVALID, () -> store.load(claim).join());
            assertCode(ErrorCode.PAYLOAD_REF_INVALID, () -> store.open(claim, 0, 0));
            assertCode(ErrorCode.PAYLOAD_REF_INVALID, () -> store.delete(List.of(mine, claim)));
        }
        assertThat(store.load(mine).join()).hasSize(1000);
        assertThat(theirs.load(secret).join()).hasSize(1000);
    }

    private static Claim withKey(Claim claim, String key) {
        return new Claim(claim.id(), key, claim.size(), claim.sha256(), claim.encoding());
    }

    @ParameterizedTest
    @EnumSource
    void anUploadClosedBeforeItIsCompleteLeavesNothing(Compression compression) {
        for (int size : List.of(0, 1, PART, PART + 1, 3 * PART)) {
            // Given
            ClaimStore store = store(compression);
            ClaimStore.Upload upload = store.begin();
            upload.write(ByteBuffer.wrap(random(size)));
            // When
            upload.close();
            // Then
            assertThatThrownBy(upload::complete).isInstanceOf(IllegalStateException.class);
            assertThat(atRest().keys(prefix)).isEmpty();
            assertThat(atRest().unfinished(prefix)).isZero();
        }
    }

    @Test
    void closingACompletedUploadKeepsItsObject() {
        // Given
        ClaimStore store = store(Compression.ZSTD);
        // When
        Claim claim = uploaded(store, random(3 * PART), PART);
        // Then
        assertThat(store.load(claim).join()).hasSize(3 * PART);
    }

    @Test
    void expiryDeletesWhatIsOlderThanTheCutoffAndNothingElse() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        String foreign = prefix + "00000000-readme.txt";
        String nested = prefix + "00/" + ids.next();
        atRest().put(foreign, random(3));
        atRest().put(nested, random(3));
        List<Claim> old = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            old.add(stored(store, random(100)));
            clock.advance(Duration.ofSeconds(1));
        }
        Claim justBefore = stored(store, random(100));
        old.add(justBefore);
        clock.advance(Duration.ofMillis(1));
        Instant cutoff = clock.instant();
        Claim atCutoff = stored(store, random(100));
        clock.advance(Duration.ofHours(1));
        Claim later = stored(store, random(100));
        // When
        ClaimStore.Expired expired = store.expireBefore(cutoff);
        ClaimStore.Expired again = store.expireBefore(cutoff);
        // Then
        assertThat(expired).isEqualTo(new ClaimStore.Expired(6, 600, 0));
        assertThat(again).isEqualTo(new ClaimStore.Expired(0, 0, 0));
        assertThat(atRest().keys(prefix))
                .containsExactlyInAnyOrder(foreign, nested, atCutoff.key(), later.key())
                .doesNotContainAnyElementsOf(old.stream().map(Claim::key).toList());
    }

    @Test
    void usageCountsClaimsAtRest() {
        // Given
        ClaimStore store = store(Compression.ZSTD);
        stored(store, random(1000));
        stored(store, random(234));
        atRest().put(prefix + "readme.txt", random(3));
        // When, then
        assertThat(store.usage()).isEqualTo(new ClaimStore.Usage(2, 1234));
    }

    @Test
    void listingShowsTheClaimsOfATimeInTheOrderOfTheirIdsAndNothingElse() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        atRest().put(prefix + "readme.txt", random(3));
        atRest().put(prefix + "00/" + ids.next(), random(3));
        stored(store, random(9));
        clock.advance(Duration.ofSeconds(1));
        Instant from = clock.instant();
        List<UUID> expected = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            expected.add(stored(store, random(10 + i)).id());
            clock.advance(Duration.ofMillis(1));
        }
        expected.add(uploaded(store, random(PART + 1), PART).id());
        clock.advance(Duration.ofMillis(1));
        Instant before = clock.instant();
        stored(store, random(9));
        // When
        List<ClaimStore.Stored> listed = listed(store, from, before);
        // Then
        assertThat(listed).extracting(ClaimStore.Stored::id).containsExactlyElementsOf(expected);
        assertThat(listed)
                .extracting(ClaimStore.Stored::bytes)
                .containsExactly(10L, 11L, 12L, 13L, 14L, PART + 1L);
        assertThat(listed.getLast().inParts()).isTrue();
        assertThat(listed).allMatch(one -> one.lastModified().isAfter(Instant.EPOCH));
        assertThat(listed(store, before, before)).isEmpty();
        assertThat(listed(store, Instant.EPOCH, before.plusSeconds(1))).hasSize(8);
    }

    @Test
    void listingHandsOverPageByPageAndInOrder() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        List<UUID> expected =
                IntStream.range(0, 1_050).mapToObj(i -> stored(store, random(1)).id()).toList();
        clock.advance(Duration.ofSeconds(1));
        List<Integer> pages = new ArrayList<>();
        List<UUID> found = new ArrayList<>();
        // When
        store.list(
                Instant.EPOCH,
                clock.instant(),
                page -> {
                    pages.add(page.size());
                    page.forEach(one -> found.add(one.id()));
                });
        // Then
        assertThat(found).isEqualTo(expected);
        assertThat(pages).hasSizeGreaterThan(1).allMatch(size -> size > 0 && size <= 1_000);
    }

    static List<ClaimStore.Stored> listed(ClaimStore store, Instant from, Instant before) {
        List<ClaimStore.Stored> all = new ArrayList<>();
        store.list(from, before, all::addAll);
        return all;
    }

    @Test
    void deletingByIdIsIdempotent() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        List<UUID> gone =
                IntStream.range(0, 5).mapToObj(i -> stored(store, random(10)).id()).toList();
        Claim kept = stored(store, random(10));
        // When
        long deleted = store.deleteIds(gone);
        long again = store.deleteIds(gone);
        // Then
        assertThat(deleted).isEqualTo(5);
        assertThat(again).isEqualTo(5);
        assertThat(atRest().keys(prefix)).containsExactly(kept.key());
    }

    @Test
    void deletingIsIdempotent() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        List<Claim> claims =
                IntStream.range(0, 5).mapToObj(i -> stored(store, random(10))).toList();
        Claim kept = stored(store, random(10));
        // When
        long deleted = store.delete(claims);
        long again = store.delete(claims);
        // Then
        assertThat(deleted).isEqualTo(5);
        assertThat(again).isEqualTo(5);
        assertThat(store.delete(List.of())).isZero();
        assertThat(atRest().keys(prefix)).containsExactly(kept.key());
        assertThat(store.deleteIds(List.of(kept.id(), claims.getFirst().id()))).isEqualTo(2);
        assertThat(atRest().keys(prefix)).isEmpty();
    }

    @Test
    void deletingAllLeavesOtherPrefixesAlone() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        String neighbour = prefix.substring(0, prefix.length() - 1) + "0/";
        Claim other = stored(store(claimCheck(neighbour, Compression.IDENTITY)), random(10));
        for (int i = 0; i < 3; i++) {
            stored(store, random(10));
        }
        atRest().put(prefix + "readme.txt", random(3));
        // When
        long deleted = store.deleteAll();
        // Then
        assertThat(deleted).isEqualTo(4);
        assertThat(atRest().keys(prefix)).isEmpty();
        assertThat(atRest().keys(neighbour)).containsExactly(other.key());
        assertThat(store.deleteAll()).isZero();
    }

    @Test
    void makingTheBucketReadyIsIdempotent() {
        // Given
        ClaimStore store = store(Compression.IDENTITY);
        // When
        store.ensureReady();
        store.ensureReady();
        // Then
        assertThat(store.usage()).isEqualTo(new ClaimStore.Usage(0, 0));
    }

    @Test
    void aPrefixThatCouldLeaveItselfIsRefused() {
        for (String bad : List.of("", "claims", "../x/", "a/../b/", "a/./b/", "a/..//")) {
            assertCode(
                    ErrorCode.NAMESPACE_INVALID,
                    () -> store(claimCheck(bad, Compression.IDENTITY)));
        }
    }

    @Test
    void a_url_is_signed_for_claims_of_this_namespace_only() {
        ClaimStore store = store(Compression.IDENTITY);
        Claim claim = stored(store, random(10));
        Claim foreign =
                new Claim(
                        claim.id(),
                        "elsewhere/" + claim.id(),
                        claim.size(),
                        claim.sha256(),
                        claim.encoding());
        assertThat(store.presign(claim, Duration.ofMinutes(1)).getPath()).endsWith(claim.key());
        assertThatThrownBy(() -> store.presign(foreign, Duration.ofMinutes(1)))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_REF_INVALID));
    }
}
