package io.prism.gateway.ingress;

import io.prism.gateway.cdc.capture.Captures;
import io.prism.gateway.cdc.capture.CdcStatus;
import io.prism.v1.CapturedTable;
import io.prism.v1.ChangeConsumer;
import io.prism.v1.GetCdcStatusResponse;
import io.prism.v1.SnapshotCdcResponse;

/** What AdminService answers about a namespace's capture. */
final class CdcAnswers {
    private CdcAnswers() {}

    static GetCdcStatusResponse of(CdcStatus status) {
        GetCdcStatusResponse.Builder response =
                GetCdcStatusResponse.newBuilder()
                        .setDatabase(status.database())
                        .setTopic(status.topic())
                        .setSnapshot(status.snapshot());
        status.tables()
                .forEach(
                        table ->
                                response.addTables(
                                        CapturedTable.newBuilder()
                                                .setName(table.name())
                                                .setReplicaIdentity(table.replicaIdentity())
                                                .addAllPrimaryKey(table.primaryKey())));
        status.consumers()
                .forEach(
                        consumer ->
                                response.addConsumers(
                                        ChangeConsumer.newBuilder()
                                                .setName(consumer.name())
                                                .setType(consumer.type())
                                                .addAllOperations(consumer.operations())
                                                .setUnread(consumer.unread())));
        status.slot().ifPresent(slot -> response.setSlot(OutboxAnswers.slot(slot)));
        return response.build();
    }

    static SnapshotCdcResponse of(Captures.Asked asked) {
        return SnapshotCdcResponse.newBuilder()
                .setSignalId(asked.id())
                .addAllTables(asked.tables())
                .build();
    }
}
