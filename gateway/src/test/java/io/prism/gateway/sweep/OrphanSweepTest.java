package io.prism.gateway.sweep;

import static io.prism.gateway.sweep.Sweeping.GRACE;
import static io.prism.gateway.sweep.Sweeping.SETTLE;
import static io.prism.gateway.sweep.Sweeping.TOPIC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import io.prism.core.claim.ClaimStore;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.record.RecordFormat;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.gateway.backend.LogRecord;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class OrphanSweepTest {
    private final Sweeping videos = new Sweeping();

    @Test
    void whatNoRecordRefersToIsDeletedAndNothingElse() {
        // Given
        Claim published = videos.stored();
        Claim orphan = videos.stored();
        videos.publish(TOPIC, published);
        videos.clock.advance(GRACE.plusMillis(1));
        Claim young = videos.stored();
        // When
        SweepReport report = videos.sweep().run(GRACE, false);
        // Then
        assertThat(report).isEqualTo(new SweepReport(2, 1, 100, 1, 0, 1));
        assertThat(videos.kept())
                .containsExactly(published.id(), young.id())
                .doesNotContain(orphan.id());
        assertThat(videos.sweep().run(GRACE, false))
                .as("again")
                .isEqualTo(new SweepReport(1, 0, 0, 0, 0, 1));
    }

    @Test
    void aDryRunCountsAndDeletesNothing() {
        videos.publish(TOPIC, videos.stored());
        videos.stored();
        videos.stored();
        videos.clock.advance(GRACE.plusMillis(1));
        assertThat(videos.sweep().run(GRACE, true)).isEqualTo(new SweepReport(3, 2, 200, 0, 0, 1));
        assertThat(videos.kept()).hasSize(3);
    }

    @Test
    void aDeadLetterKeepsItsPayload() {
        // Given
        videos.topic(TOPIC + ".dlq");
        Claim dead = videos.stored();
        videos.clock.advance(Duration.ofDays(3));
        videos.publish(TOPIC + ".dlq", dead);
        // When
        SweepReport report = videos.sweep().run(GRACE, false);
        // Then
        assertThat(report.orphans()).isZero();
        assertThat(videos.kept()).containsExactly(dead.id());
    }

    @Test
    void ofTwoClaimHeadersOfOneRecordBothCount() {
        // Given
        Claim one = videos.stored();
        Claim other = videos.stored();
        RecordHeaders headers = new RecordHeaders();
        headers.add(RecordFormat.CLAIM_ID, bytes(one.id().toString()));
        headers.add(RecordFormat.CLAIM_ID, bytes(other.id().toString()));
        headers.add(RecordFormat.CLAIM_ID, bytes("no id at all, but as long as one is."));
        headers.add(RecordFormat.CLAIM_ID, null);
        videos.log.append(new LogRecord(TOPIC, 0, null, ByteString.EMPTY, headers)).join();
        videos.clock.advance(GRACE.plusMillis(1));
        // When, then
        assertThat(videos.sweep().run(GRACE, false).orphans()).isZero();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void aPayloadThatIsOldByItsIdAndYoungByItsModificationStays() {
        Claim slow = videos.uploaded(Duration.ofHours(5));
        videos.clock.advance(GRACE.minusMillis(1));
        assertThat(videos.sweep().run(GRACE, false).looked()).isZero();
        assertThat(videos.kept()).containsExactly(slow.id());
    }

    @Test
    void aRecordThatIsAppendedWhileTheLogIsReadIsSeen() {
        // Given: visible long before, and its publish is under way still
        Claim late = videos.uploaded(Duration.ZERO);
        Claim orphan = videos.uploaded(Duration.ZERO);
        videos.clock.advance(GRACE.plusMillis(1));
        AtomicInteger listings = new AtomicInteger();
        ClaimStore store =
                watched(
                        "list",
                        () -> {
                            if (listings.getAndIncrement() == 0) {
                                Thread.ofVirtual()
                                        .start(
                                                () -> {
                                                    videos.publish(TOPIC, late);
                                                    videos.clock.advance(SETTLE);
                                                });
                            }
                        });
        // When
        SweepReport report =
                new OrphanSweep(Sweeping.target(store), videos.log, videos.clock, SETTLE)
                        .run(GRACE, false);
        // Then
        assertThat(report.deleted()).isEqualTo(1);
        assertThat(videos.kept()).containsExactly(late.id()).doesNotContain(orphan.id());
    }

    @Test
    void aGraceOfNothingStillWaitsForRecordsOnTheirWay() {
        // Given
        Claim late = videos.stored();
        videos.clock.advance(Duration.ofMillis(5));
        videos.clock.tick = Duration.ofSeconds(10);
        ClaimStore store =
                watched("list", () -> Thread.ofVirtual().start(() -> videos.publish(TOPIC, late)));
        // When
        SweepReport report =
                new OrphanSweep(
                                Sweeping.target(store),
                                videos.log,
                                videos.clock,
                                Duration.ofMinutes(10))
                        .run(Duration.ZERO, false);
        // Then
        assertThat(report.looked()).isEqualTo(1);
        assertThat(report.deleted()).isZero();
    }

    @Test
    void manyCandidatesAreDecidedOnBatchByBatch() {
        // Given
        Random random = new Random(3);
        List<UUID> needed = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            Claim claim = videos.stored();
            if (random.nextBoolean()) {
                videos.publish(TOPIC, claim);
                needed.add(claim.id());
            }
        }
        videos.clock.advance(GRACE.plusMillis(1));
        // When
        SweepReport report =
                new OrphanSweep(videos.target(), videos.log, videos.clock, SETTLE, 7)
                        .run(GRACE, false);
        // Then
        assertThat(report.looked()).isEqualTo(1_000);
        assertThat(report.deleted()).isEqualTo(1_000 - needed.size());
        assertThat(videos.kept()).isEqualTo(needed);
    }

    @Test
    void killedWhileDeletingItIsDoneByTheNextOne() {
        // Given
        Claim needed = videos.stored();
        videos.publish(TOPIC, needed);
        for (int i = 0; i < 50; i++) {
            videos.stored();
        }
        videos.clock.advance(GRACE.plusMillis(1));
        ClaimStore failing =
                watched(
                        "deleteIds",
                        () -> {
                            throw new PrismException(ErrorCode.STORAGE_UNAVAILABLE, "killed");
                        });
        // When
        assertThatThrownBy(
                        () ->
                                new OrphanSweep(
                                                Sweeping.target(failing),
                                                videos.log,
                                                videos.clock,
                                                SETTLE,
                                                10)
                                        .run(GRACE, false))
                .hasMessage("killed");
        assertThat(videos.kept()).hasSize(42);
        SweepReport next = videos.sweep().run(GRACE, false);
        // Then
        assertThat(next.deleted()).isEqualTo(41);
        assertThat(videos.kept()).containsExactly(needed.id());
    }

    @Test
    void withoutATopicInSightNothingIsDeleted() {
        // Given
        videos.stored();
        videos.clock.advance(GRACE.plusMillis(1));
        videos.log.deleteTopics(List.of(TOPIC));
        // When, then
        assertThatThrownBy(() -> videos.sweep().run(GRACE, false))
                .isInstanceOf(PrismException.class)
                .hasMessageContainingAll("videos", "none of its topics can be seen");
        assertThat(videos.kept()).hasSize(1);
    }

    private OrphanSweep sweepWith(OtherReferences rows) {
        SweepTarget target =
                new SweepTarget(
                        "videos",
                        videos.store,
                        videos.target().topics(),
                        "videos.",
                        Optional.of(rows));
        return new OrphanSweep(target, videos.log, videos.clock, SETTLE);
    }

    @Test
    void aClaimThatOnlyARowRefersToStays() {
        // Given
        Claim waiting = videos.stored();
        Claim orphan = videos.stored();
        videos.clock.advance(GRACE.plusMillis(1));
        // When
        SweepReport report =
                sweepWith(referenced -> referenced.accept(waiting.id())).run(GRACE, false);
        // Then
        assertThat(report.deleted()).isEqualTo(1);
        assertThat(videos.kept()).containsExactly(waiting.id()).doesNotContain(orphan.id());
    }

    @Test
    void aRowThatIsRelayedAndRemovedWhileTheSweepLooksIsSeenInTheLog() {
        // Given
        Claim relayed = videos.stored();
        videos.clock.advance(GRACE.plusMillis(1));
        // When: its record comes after the log was read, and its row is gone before rows are
        SweepReport report =
                sweepWith(referenced -> videos.publish(TOPIC, relayed)).run(GRACE, false);
        // Then
        assertThat(report.deleted()).isZero();
        assertThat(videos.kept()).containsExactly(relayed.id());
    }

    @Test
    void aRowThatCouldNotBeRelayedKeepsItsPayload() {
        // Given
        Claim dead = videos.stored();
        RecordHeaders headers = new RecordHeaders();
        headers.add(OutboxRow.CLAIM_ID, bytes(dead.id().toString()));
        videos.log.append(new LogRecord(TOPIC, 0, null, ByteString.EMPTY, headers)).join();
        videos.clock.advance(GRACE.plusMillis(1));
        // When, then
        assertThat(sweepWith(referenced -> {}).run(GRACE, false).orphans()).isZero();
        assertThat(
                        SweepTarget.of(
                                        plan("backend: kafka").spec(),
                                        videos.store,
                                        Optional.of(r -> {}))
                                .topics()
                                .matches(OutboxTopics.DEAD.name()))
                .isTrue();
    }

    @Test
    void withoutAnAnswerFromTheDatabaseNothingIsDeleted() {
        videos.stored();
        videos.clock.advance(GRACE.plusMillis(1));
        OtherReferences away =
                referenced -> {
                    throw new PrismException(ErrorCode.DATABASE_UNAVAILABLE, "away");
                };
        assertThatThrownBy(() -> sweepWith(away).run(GRACE, false)).hasMessage("away");
        assertThat(videos.kept()).hasSize(1);
    }

    @Test
    void aNamespacesTopicsAreItsOwnAndTheDerivedOnes() {
        assertTopics(
                "backend: kafka",
                List.of("videos.raw", "videos.raw.dlq", "videos.a.b.rehydrated"),
                List.of("videos", "videos2.raw", "prism.claims", "xvideos.raw"));
        assertTopics(
                "backend: {type: kafka, topic: films}",
                List.of("films", "films.dlq", "films.rehydrated"),
                List.of("films2", "films.other", "videos.raw"));
    }

    private void assertTopics(String backend, List<String> own, List<String> others) {
        SweepTarget target = SweepTarget.of(plan(backend).spec(), videos.store, Optional.empty());
        assertThat(own).allMatch(target.topics()::matches);
        assertThat(own).allMatch(topic -> topic.startsWith(target.topicPrefix()));
        assertThat(others).noneMatch(target.topics()::matches);
        assertThat(target.elsewhere()).isEmpty();
    }

    private static NamespacePlan plan(String backend) {
        return new NamespaceDocuments(List.of())
                .read(
                        """
                        namespaces:
                          - name: videos
                            client_api: pubsub
                            patterns:
                              - type: claim-check
                            %s
                        """
                                .formatted(backend))
                .plans()
                .getFirst();
    }

    @Test
    void totalsAreCountedByListing() {
        assertThat(ClaimTotals.of(videos.store)).isEqualTo(new ClaimTotals(0, 0, Optional.empty()));
        var first = videos.clock.now;
        videos.stored();
        videos.clock.advance(Duration.ofDays(400));
        videos.stored();
        assertThat(ClaimTotals.of(videos.store))
                .isEqualTo(new ClaimTotals(2, 200, Optional.of(first)));
    }

    /** The same store, with something that happens after calls of one of its methods. */
    private ClaimStore watched(String method, Runnable afterwards) {
        return (ClaimStore)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {ClaimStore.class},
                        (proxy, called, arguments) -> {
                            try {
                                Object result = called.invoke(videos.store, arguments);
                                if (called.getName().equals(method)) {
                                    afterwards.run();
                                }
                                return result;
                            } catch (InvocationTargetException failure) {
                                throw failure.getCause();
                            }
                        });
    }
}
