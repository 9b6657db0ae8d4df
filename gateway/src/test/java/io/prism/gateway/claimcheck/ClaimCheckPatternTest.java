package io.prism.gateway.claimcheck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.record.RecordHead;
import io.prism.core.spec.PatternSpec;
import io.prism.core.trace.Trace;
import io.prism.gateway.journal.ClaimJournal;
import io.prism.gateway.journal.RecordingJournal;
import io.prism.gateway.pattern.Incoming;
import io.prism.gateway.pattern.Outgoing;
import io.prism.gateway.pattern.Payload;
import io.prism.gateway.pattern.PublishLane;
import io.prism.gateway.pattern.Receipt;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClaimCheckPatternTest {
    private final PatternSpec.ClaimCheck spec = ClaimChecks.spec(1_000_000, "test/");
    private final ClaimStore store = TestStores.inMemory(spec);
    private final ClaimCheckMetrics metrics =
            new ClaimCheckMetrics("test", new SimpleMeterRegistry());
    private final ClaimCheckPattern pattern =
            new ClaimCheckPattern(
                    spec,
                    store,
                    ClaimJournal.NONE,
                    metrics,
                    TestStores.sweeper(store, metrics),
                    Clock.systemUTC(),
                    Runnable::run);
    private final List<Outgoing> passedOn = new ArrayList<>();

    private CompletableFuture<Receipt> publish(Payload payload) {
        Outgoing message =
                new Outgoing(
                        "test",
                        "test",
                        null,
                        null,
                        "id",
                        false,
                        Map.of(),
                        payload,
                        PublishLane.alone());
        return pattern.publish(
                message,
                next -> {
                    passedOn.add(next);
                    return CompletableFuture.completedFuture(
                            new Receipt("id", 0, 0, Instant.EPOCH, false));
                });
    }

    private static Payload.Source chunks(int count, int size) {
        Iterator<ByteString> pieces =
                java.util.stream.Stream.generate(() -> ByteString.copyFrom(new byte[size]))
                        .limit(count)
                        .iterator();
        return () -> pieces.hasNext() ? pieces.next() : null;
    }

    /** The RFC's own unit test, with the threshold's neighbours. */
    @ParameterizedTest
    @CsvSource({"500000,false", "999999,false", "1000000,false", "1000001,true", "2000000,true"})
    void aPayloadOverTheThresholdIsClaimedAndOneUpToItIsNot(int size, boolean claimed) {
        publish(new Payload.Inline(ByteString.copyFrom(new byte[size]))).join();

        assertThat(passedOn).hasSize(1);
        assertThat(store.usage().claims()).isEqualTo(claimed ? 1 : 0);
        switch (passedOn.getFirst().payload()) {
            case Payload.Claimed(Claim claim) -> {
                assertThat(claimed).isTrue();
                assertThat(claim.size()).isEqualTo(size);
            }
            case Payload.Inline(ByteString bytes) -> {
                assertThat(claimed).isFalse();
                assertThat(bytes.size()).isEqualTo(size);
            }
            case Payload.Chunked chunked -> throw new AssertionError("still arriving");
        }
    }

    @ParameterizedTest
    @CsvSource({"10,100000,false", "11,100000,true", "1,1000001,true", "0,1,false"})
    void aPayloadThatArrivesInChunksIsTreatedTheSame(int count, int size, boolean claimed) {
        publish(new Payload.Chunked(chunks(count, size))).join();

        assertThat(passedOn.getFirst().payload())
                .isInstanceOf(claimed ? Payload.Claimed.class : Payload.Inline.class);
        assertThat(store.usage().claims()).isEqualTo(claimed ? 1 : 0);
    }

    @Test
    void whatWasPublishedIsWhatIsConsumed() {
        // Given
        byte[] payload = new byte[3_000_000];
        new java.util.Random(7).nextBytes(payload);
        publish(new Payload.Inline(ByteString.copyFrom(payload))).join();
        Claim claim = ((Payload.Claimed) passedOn.getFirst().payload()).claim();

        // When
        Incoming back = pattern.consume(incoming(claim, 10_000_000)).join();

        // Then
        assertThat(((Payload.Inline) back.payload()).bytes().toByteArray()).isEqualTo(payload);
        assertThat(pattern.consume(incoming(claim, 2_999_999)).join().payload())
                .as("too large to inline: the claim is passed on")
                .isEqualTo(new Payload.Claimed(claim));
    }

    @Test
    void aClientThatGoesAwayLeavesNothing() {
        Iterator<ByteString> pieces =
                List.of(
                                ByteString.copyFrom(new byte[900_000]),
                                ByteString.copyFrom(new byte[900_000]))
                        .iterator();
        Payload.Source broken =
                () -> {
                    if (pieces.hasNext()) {
                        return pieces.next();
                    }
                    throw new PrismException(ErrorCode.CANCELLED, "gone");
                };

        assertThatThrownBy(publish(new Payload.Chunked(broken))::join).hasRootCauseMessage("gone");

        assertThat(passedOn).isEmpty();
        assertThat(store.usage().claims()).isZero();
    }

    @Test
    void aMessageTheBackendRefusesLeavesNoObjectAndOneThatMayBeStoredKeepsIt() {
        for (ErrorCode code : List.of(ErrorCode.BACKEND_REFUSED, ErrorCode.BACKEND_UNAVAILABLE)) {
            Outgoing message =
                    new Outgoing(
                            "test",
                            "test",
                            null,
                            null,
                            "id",
                            false,
                            Map.of(),
                            new Payload.Inline(ByteString.copyFrom(new byte[2_000_000])),
                            PublishLane.alone());
            CompletableFuture<Receipt> receipt =
                    pattern.publish(
                            message,
                            next -> CompletableFuture.failedFuture(new PrismException(code, "no")));
            assertThat(receipt).isCompletedExceptionally();
            assertThat(store.usage().claims())
                    .as(code.name())
                    .isEqualTo(code == ErrorCode.BACKEND_REFUSED ? 0 : 1);
        }
    }

    private CompletableFuture<Receipt> publishTold(RecordingJournal journal) {
        ClaimCheckPattern telling =
                new ClaimCheckPattern(
                        spec,
                        store,
                        journal,
                        metrics,
                        TestStores.sweeper(store, metrics),
                        Clock.systemUTC(),
                        Runnable::run);
        return telling.publish(
                new Outgoing(
                        "clips",
                        "test.clips",
                        null,
                        null,
                        "id",
                        false,
                        Map.of(),
                        new Payload.Inline(ByteString.copyFrom(new byte[2_000_000])),
                        PublishLane.alone()),
                next -> {
                    journal.told.add("appended");
                    passedOn.add(next);
                    return CompletableFuture.completedFuture(
                            new Receipt("id", 0, 0, Instant.EPOCH, false));
                });
    }

    @Test
    void aClaimIsAnnouncedBeforeItsRecordIsAppended() {
        RecordingJournal journal = new RecordingJournal();
        publishTold(journal).join();
        Claim claim = ((Payload.Claimed) passedOn.getFirst().payload()).claim();
        assertThat(journal.told)
                .containsExactly("announced " + claim.id() + " in clips", "appended");
    }

    @Test
    void aClaimThatCannotBeAnnouncedIsNeitherAppendedNorKept() {
        RecordingJournal journal = new RecordingJournal();
        journal.failNext(1);
        assertThatThrownBy(publishTold(journal)::join).hasRootCauseMessage("not now");
        assertThat(passedOn).isEmpty();
        assertThat(store.usage().claims()).isZero();
        assertThat(journal.told).singleElement().asString().startsWith("deleted ");
    }

    private static Incoming incoming(Claim claim, long maxInline) {
        return new Incoming(
                "test",
                0,
                0,
                Instant.EPOCH,
                null,
                new RecordHead(
                        Optional.of("id"),
                        Optional.of("test"),
                        "claim-check@1",
                        Optional.of(claim),
                        Map.of()),
                Payload.EMPTY,
                maxInline,
                Trace.NONE);
    }
}
