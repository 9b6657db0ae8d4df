package io.prism.gateway.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.prism.core.claim.Claim;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Compression;
import io.prism.core.table.InternalTopic;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.backend.memory.MemoryLog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class ClaimJournalsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final UUID ID = UUID.fromString("0199a4d5-8c00-7000-8000-000000000001");
    private static final Claim CLAIM =
            new Claim(ID, "videos/" + ID, 2_000_000, "a".repeat(64), Compression.IDENTITY);
    private static final ClaimKey KEY = new ClaimKey(new NamespaceName("videos"), ID);

    private Instant now = NOW;
    private final Clock clock = new SettableClock();
    private final MemoryLog log = new MemoryLog(clock);
    private final ClaimJournals journals = new ClaimJournals(log, clock);

    private final class SettableClock extends Clock {
        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    ClaimJournalsTest() {
        for (InternalTopic topic : LifecycleTopics.ALL) {
            log.ensureTopic(
                    new LogBackend.TopicSettings(topic.name(), 1, -1, -1, Integer.MAX_VALUE));
        }
    }

    private static NamespaceSpec namespace(String strategy) {
        return new NamespaceDocuments(List.of())
                .read(
                        """
                        namespaces:
                          - name: videos
                            client_api: pubsub
                            patterns:
                              - type: claim-check
                                cleanup: {strategy: %s, ttl: 1d}
                            backend: kafka
                        """
                                .formatted(strategy))
                .plans()
                .getFirst()
                .spec();
    }

    private List<ClaimEvent> written() {
        try (LogReader reader =
                log.read(
                        new ReadRequest.Alone(
                                new TopicSelector.Exact(LifecycleTopics.EVENTS.name()),
                                new StartAt.Earliest()))) {
            List<ClaimEvent> events = new ArrayList<>();
            do {
                for (LogEntry entry : reader.poll(Duration.ofMillis(10))) {
                    assertThat(entry.key()).isEqualTo(ClaimCodec.key(KEY));
                    events.add(
                            ClaimCodec.readEvent(java.util.Objects.requireNonNull(entry.value())));
                }
            } while (!reader.caughtUp());
            return events;
        }
    }

    @Test
    void eventsOfOneClaimAreWrittenUnderItsKeyInOrder() {
        ClaimJournal journal = journals.of(namespace("on_consume"));
        journal.announce(CLAIM, "clips").join();
        journal.held(ID, "clips.dlq").join();
        journal.acknowledged(ID, "encoder", Optional.empty()).join();
        journal.acknowledged(ID, "", Optional.of(NOW)).join();
        journal.unheld(ID, "clips.dlq").join();
        journal.deleted(ID).join();

        assertThat(written())
                .containsExactly(
                        new ClaimEvent.Published(KEY, "videos/" + ID, "clips", NOW),
                        new ClaimEvent.Held(KEY, "clips.dlq"),
                        new ClaimEvent.Acknowledged(KEY, "encoder", Optional.empty()),
                        new ClaimEvent.Acknowledged(KEY, "", Optional.of(NOW)),
                        new ClaimEvent.Unheld(KEY, "clips.dlq"),
                        new ClaimEvent.Deleted(KEY));
    }

    private void release(ClaimKey claim, ClaimRelease.Reason reason) {
        log.append(
                        new LogRecord(
                                LifecycleTopics.RELEASES.name(),
                                null,
                                ClaimCodec.key(claim),
                                ByteString.copyFrom(
                                        ClaimCodec.write(
                                                new ClaimRelease(
                                                        claim,
                                                        "key",
                                                        reason,
                                                        new TreeSet<>(List.of("encoder")),
                                                        NOW))),
                                new RecordHeaders()))
                .join();
    }

    @Test
    void whetherAClaimWasConsumedIsLookedUpInTheReleases() {
        ClaimJournal journal = journals.of(namespace("on_consume"));
        UUID expired = new UUID(1, 1);
        UUID other = new UUID(2, 2);
        release(KEY, ClaimRelease.Reason.CONSUMED);
        release(new ClaimKey(KEY.namespace(), expired), ClaimRelease.Reason.TTL);
        release(new ClaimKey(new NamespaceName("images"), other), ClaimRelease.Reason.CONSUMED);

        assertThat(consumed(journal, ID, "encoder")).isTrue();
        assertThat(consumed(journal, ID, "viewer")).as("by another subscription").isFalse();
        assertThat(consumed(journal, expired, "encoder")).isFalse();
        assertThat(consumed(journal, other, "encoder")).as("another namespace's").isFalse();
        assertThat(journal.consumed(ID, "encoder", NOW, failure(ErrorCode.CLAIM_CORRUPT)))
                .as("but the payload is there")
                .isFalse();
    }

    private static boolean consumed(ClaimJournal journal, UUID claim, String subscription) {
        return journal.consumed(claim, subscription, NOW, failure(ErrorCode.CLAIM_MISSING));
    }

    private static PrismException failure(ErrorCode code) {
        return new PrismException(code, "no payload");
    }

    @Test
    void aReleaseThatComesAMomentAfterAnotherWasLookedUpIsSeenToo() {
        ClaimJournal journal = journals.of(namespace("on_consume"));
        UUID later = new UUID(3, 3);
        assertThat(consumed(journal, later, "encoder")).isFalse();
        now = NOW.plusMillis(1);
        release(new ClaimKey(KEY.namespace(), later), ClaimRelease.Reason.CONSUMED);

        assertThat(consumed(journal, later, "encoder")).isTrue();
    }

    @Test
    void aNamespaceThatDoesNotDeleteOnConsumptionWritesNothing() {
        for (String strategy : List.of("ttl", "none")) {
            ClaimJournal journal = journals.of(namespace(strategy));
            assertThat(journal.listens()).isFalse();
            assertThat(journal.announce(CLAIM, "clips")).isCompleted();
            assertThat(journal.acknowledged(ID, "encoder", Optional.empty())).isCompleted();
        }
        assertThat(written()).isEmpty();
    }
}
