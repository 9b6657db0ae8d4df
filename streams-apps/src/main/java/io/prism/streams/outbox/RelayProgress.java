package io.prism.streams.outbox;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTopics;
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
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/** How far relay and stamper of one database have come. Each call blocks. */
final class RelayProgress {
    private static final long PATIENCE_SECONDS = 10;

    private final Admin admin;
    private final String relayGroup;
    private final String stamperGroup;
    private final TopicPartition rows;

    RelayProgress(Admin admin, String relayGroup, String stamperGroup, String database) {
        this.admin = admin;
        this.relayGroup = relayGroup;
        this.stamperGroup = stamperGroup;
        this.rows = new TopicPartition(OutboxTopics.rows(database).name(), 0);
    }

    /** Everything that was in the topic of rows at an instant, on its way. Used by one thread. */
    final class Mark {
        private final Map<TopicPartition, Long> rowsEnd = ends(rows);
        private @Nullable Map<TopicPartition, Long> reportsEnd;

        /** Whether all of it has been relayed, and stamped. Asked again and again. */
        boolean passed() {
            if (reportsEnd == null) {
                if (!reached(relayGroup, rowsEnd)) {
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
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    "how far the relay has come cannot be asked now (" + e.getMessage() + ")",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
        }
    }
}
