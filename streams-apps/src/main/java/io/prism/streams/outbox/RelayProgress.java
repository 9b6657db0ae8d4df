package io.prism.streams.outbox;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.record.CommittedRecords;
import io.prism.core.record.CommittedRecords.Span;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/** How far relay and stamper of one database have come. Each call blocks. */
final class RelayProgress {
    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;
    private final Map<String, Object> readerSettings;
    private final String relayGroup;
    private final String stamperGroup;
    private final TopicPartition rows;

    /**
     * @param readerSettings of a consumer on its own that reads what is committed
     */
    RelayProgress(
            Admin admin,
            Map<String, Object> readerSettings,
            String relayGroup,
            String stamperGroup,
            String database) {
        this.admin = admin;
        this.readerSettings = readerSettings;
        this.relayGroup = relayGroup;
        this.stamperGroup = stamperGroup;
        this.rows = new TopicPartition(OutboxTopics.rows(database).name(), 0);
    }

    /** Everything that was in the topic of rows at an instant, on its way. Used by one thread. */
    final class Mark {
        private final long rowsEnd = ends(rows).getOrDefault(rows, 0L);
        private long relayedUpTo = -1;

        /** A position of the relay with a row between it and the end. */
        private long rowAhead = -1;

        private @Nullable Map<TopicPartition, Long> reportsEnd;

        /** Whether all of it has been relayed, and stamped. Asked again and again. */
        boolean passed() {
            if (reportsEnd == null) {
                if (!relayed()) {
                    return false;
                }
                TopicPartition[] reports = new TopicPartition[OutboxTopics.RELAYED.partitions()];
                for (int i = 0; i < reports.length; i++) {
                    reports[i] = new TopicPartition(OutboxTopics.RELAYED.name(), i);
                }
                reportsEnd = ends(reports);
            }
            return reached(stamperGroup, reportsEnd);
        }

        /**
         * The relay commits a position when it has relayed something, so it stays before what is no
         * row: a transaction that a kill has ended, and the mark of its end. Where it stands still,
         * what is left is looked at, once.
         */
        private boolean relayed() {
            OffsetAndMetadata committed = positions(relayGroup).get(rows);
            long now = committed == null ? 0 : committed.offset();
            boolean stands = now == relayedUpTo;
            relayedUpTo = now;
            if (now >= rowsEnd) {
                return true;
            }
            if (!stands || now == rowAhead) {
                return false;
            }
            if (rowIn(now, rowsEnd)) {
                rowAhead = now;
                return false;
            }
            return true;
        }
    }

    /** A mark now. */
    Mark mark() {
        return new Mark();
    }

    private Map<TopicPartition, Long> ends(TopicPartition... partitions) {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (TopicPartition partition : partitions) {
            asked.put(partition, OffsetSpec.latest());
        }
        Map<TopicPartition, Long> ends = new HashMap<>();
        await(admin.listOffsets(asked, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED)).all())
                .forEach((partition, end) -> ends.put(partition, end.offset()));
        return ends;
    }

    /** Whether a reader sees a row from there up to the end. */
    private boolean rowIn(long from, long end) {
        try {
            return !CommittedRecords.in(readerSettings, Map.of(rows, new Span(from, end)))
                    .isEmpty();
        } catch (KafkaException e) {
            throw notNow(e);
        }
    }

    private boolean reached(String group, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, OffsetAndMetadata> positions = positions(group);
        return ends.entrySet().stream()
                .allMatch(
                        end -> {
                            OffsetAndMetadata at = positions.get(end.getKey());
                            return end.getValue() == 0
                                    || (at != null && at.offset() >= end.getValue());
                        });
    }

    private Map<TopicPartition, OffsetAndMetadata> positions(String group) {
        try {
            return await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        } catch (PrismException failure) {
            if (failure.getCause() instanceof ExecutionException answered
                    && answered.getCause() instanceof GroupIdNotFoundException) {
                return Map.of();
            }
            throw failure;
        }
    }

    private static <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw notNow(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }

    private static PrismException notNow(Exception e) {
        return new PrismException(
                ErrorCode.BACKEND_UNAVAILABLE,
                "how far the relay has come cannot be asked now (" + e.getMessage() + ")",
                e);
    }
}
