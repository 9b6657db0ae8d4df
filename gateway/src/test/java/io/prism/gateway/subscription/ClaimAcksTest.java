package io.prism.gateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.gateway.journal.RecordingJournal;
import io.prism.v1.Event;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

final class ClaimAcksTest {
    private static final UUID CLAIM = new UUID(1, 1);
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private final RecordingJournal journal = new RecordingJournal();
    private final ClaimAcks acks =
            new ClaimAcks(journal, "encoder", Clock.fixed(NOW, ZoneOffset.UTC));
    private final AtomicInteger durable = new AtomicInteger();

    @Test
    void anAcknowledgementIsToldUntilItIsDurable() {
        journal.failNext(2);
        acks.acknowledged(CLAIM, durable::incrementAndGet);
        assertThat(durable).hasValue(0);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(durable).hasValue(1));
        assertThat(journal.told).containsExactly("acknowledged " + CLAIM + " by encoder");
    }

    @Test
    void aStreamThatEndsGivesUpOnWhatCannotBeTold() {
        journal.failNext(Integer.MAX_VALUE);
        acks.acknowledged(CLAIM, durable::incrementAndGet);
        acks.await(Duration.ofMillis(100));
        acks.stop();
        journal.failNext(0);
        acks.acknowledged(CLAIM, durable::incrementAndGet);
        assertThat(journal.told).isEmpty();
        assertThat(durable).as("delivered again, then").hasValue(0);
    }

    @Test
    void aReferenceThatIsAcknowledgedByDeliveryMayStillBeFetched() {
        acks.delivered(
                CLAIM, Event.newBuilder().setPayloadRef("ref").build(), durable::incrementAndGet);
        acks.delivered(CLAIM, Event.newBuilder().build(), durable::incrementAndGet);
        assertThat(journal.told)
                .containsExactly(
                        "acknowledged "
                                + CLAIM
                                + " by encoder until "
                                + NOW.plus(ClaimAcks.FETCH_WINDOW),
                        "acknowledged " + CLAIM + " by encoder");
        assertThat(durable).hasValue(2);
    }
}
