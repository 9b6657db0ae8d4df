package io.prism.gateway.sweep;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.record.RecordFormat;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.kafka.common.header.Header;

/** Reads topics to their end and tells candidates that a record refers to them. Blocks. */
final class References {
    private static final Duration POLL = Duration.ofMillis(200);

    /** How long nothing may come from a log that has more. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final int ID_LENGTH = 36;

    /** As a record refers to a claim, and as a row does that became a dead letter. */
    private static final List<String> NAMES = List.of(RecordFormat.CLAIM_ID, OutboxRow.CLAIM_ID);

    private final LogBackend log;
    private final TopicSelector topics;
    private final Clock clock;
    private final HashMap<LogPartition, Long> next = new HashMap<>();
    private long records;

    References(LogBackend log, TopicSelector topics, Clock clock) {
        this.log = log;
        this.topics = topics;
        this.clock = clock;
    }

    /**
     * Returns when everything that was in the log when this was called has been read and, where a
     * candidate's record may be on its way, the time given has come, too.
     *
     * @param settled no record that refers to a candidate is appended after this
     * @throws PrismException BACKEND_UNAVAILABLE when the log cannot be read to its end; CANCELLED
     *     when the thread is interrupted
     */
    void read(StartAt start, Candidates candidates, Instant settled) {
        if (start instanceof StartAt.AtOffsets at) {
            at.offsets().forEach(next::putIfAbsent);
        }
        long lastProgress = System.nanoTime();
        try (LogReader reader = log.read(new ReadRequest.Alone(topics, start))) {
            while (true) {
                // Looked at before the log is: what was appended until then is read below.
                boolean over = !clock.instant().isBefore(settled);
                List<LogEntry> entries = reader.poll(POLL);
                entries.forEach(entry -> take(entry, candidates));
                boolean atEnd = reader.caughtUp();
                if (atEnd && (over || !candidates.someMayBeLate())) {
                    return;
                }
                if (Thread.currentThread().isInterrupted()) {
                    throw new PrismException(ErrorCode.CANCELLED, "the sweep was interrupted");
                }
                if (atEnd || !entries.isEmpty()) {
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > PATIENCE.toNanos()) {
                    throw new PrismException(
                            ErrorCode.BACKEND_UNAVAILABLE,
                            "nothing was deleted: the log was not read to its end, no record came"
                                    + " for "
                                    + PATIENCE.toSeconds()
                                    + " s; sweep again when the backend is well");
                }
            }
        }
    }

    /** Reads what has come since {@link #read}. */
    void readOn(Candidates candidates) {
        read(new StartAt.AtOffsets(next()), candidates, Instant.EPOCH);
    }

    /** Where reading would go on: records appended from now on come at or after these. */
    Map<LogPartition, Long> next() {
        return Map.copyOf(next);
    }

    long records() {
        return records;
    }

    private void take(LogEntry entry, Candidates candidates) {
        records++;
        next.put(entry.place(), entry.offset() + 1);
        // The id alone counts, whatever else is wrong with the record: in doubt a payload stays.
        for (String name : NAMES) {
            for (Header header : entry.headers().headers(name)) {
                id(header.value()).ifPresent(candidates::referenced);
            }
        }
    }

    private static Optional<UUID> id(byte @org.jspecify.annotations.Nullable [] value) {
        if (value == null || value.length != ID_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(new String(value, US_ASCII)));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }
}
