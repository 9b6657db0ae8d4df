package io.prism.gateway.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

final class AckLedgerTest {
    private static final LogPartition PARTITION = new LogPartition("clips", 0);
    private static final UUID CLAIM = new UUID(1, 1);

    private final AckLedger ledger = new AckLedger();

    AckLedgerTest() {
        ledger.assigned(PARTITION, Optional.empty());
        for (long offset = 0; offset < 3; offset++) {
            LogEntry entry = new LogEntry("clips", 0, offset, 0, null, null, new RecordHeaders());
            ledger.read(entry);
            ledger.delivered(entry, "m" + offset, offset == 1 ? CLAIM : null);
        }
    }

    private long position() {
        return java.util.Objects.requireNonNull(ledger.takeChanges().get(PARTITION)).offset();
    }

    @Test
    void aClaimedMessageDoesNotMoveThePositionBeforeItsAcknowledgementIsTold() {
        // When
        List<AckLedger.Place> claimed = ledger.acknowledge("m1");
        assertThat(ledger.acknowledge("m0")).hasSize(1);
        assertThat(ledger.acknowledge("m2")).hasSize(1);

        // Then
        assertThat(position()).isEqualTo(1);
        assertThat(claimed).extracting(AckLedger.Place::claim).containsExactly(CLAIM);
        assertThat(ledger.acknowledge("m1")).as("only once").isEmpty();
        ledger.settled(claimed.getFirst());
        assertThat(position()).isEqualTo(3);
    }

    @Test
    void anAcknowledgementToldAfterThePartitionIsGoneChangesNothing() {
        List<AckLedger.Place> claimed = ledger.acknowledge("m1");
        ledger.revoked(List.of(PARTITION));
        ledger.settled(claimed.getFirst());
        assertThat(ledger.takeChanges()).isEmpty();
    }
}
