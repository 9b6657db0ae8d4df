package io.prism.gateway.ingress;

import io.prism.core.replication.SlotStatus;
import io.prism.gateway.outbox.table.OutboxStatus;
import io.prism.v1.GetOutboxStatusResponse;
import io.prism.v1.RefusedRow;
import io.prism.v1.ReplicationSlot;

/** What AdminService answers about a namespace's outbox. */
final class OutboxAnswers {
    private OutboxAnswers() {}

    static GetOutboxStatusResponse of(OutboxStatus status) {
        GetOutboxStatusResponse.Builder response =
                GetOutboxStatusResponse.newBuilder()
                        .setDatabase(status.database())
                        .setTable(status.table())
                        .setMode(status.mode())
                        .setWaiting(status.waiting())
                        .setRefused(status.refused())
                        .setPublished(status.published())
                        .setSizeBytes(status.tableBytes());
        status.oldestWaiting()
                .ifPresent(oldest -> response.setOldestWaiting(Responses.timestamp(oldest)));
        status.refusedRows()
                .forEach(
                        row ->
                                response.addRefusedRows(
                                        RefusedRow.newBuilder()
                                                .setId(row.id())
                                                .setTopic(row.topic())
                                                .setError(row.error())
                                                .setCreatedAt(
                                                        Responses.timestamp(row.createdAt()))));
        status.slot().ifPresent(slot -> response.setSlot(slot(slot)));
        return response.build();
    }

    static ReplicationSlot slot(SlotStatus slot) {
        return ReplicationSlot.newBuilder()
                .setName(slot.name())
                .setActive(slot.active())
                .setRetainedBytes(slot.retainedBytes())
                .setBehindBytes(slot.behindBytes())
                .setWalStatus(slot.walStatus())
                .build();
    }
}
