package io.prism.bench.load;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** Makes share groups begin where they should, and deletes groups. Thread-safe; methods block. */
public final class KafkaGroups {
    private static final String RESET = "share.auto.offset.reset";

    private final Admin admin;

    /**
     * @param admin closed by its owner
     */
    KafkaGroups(Admin admin) {
        this.admin = admin;
    }

    /** Makes the share group begin at the earliest record of its topics, not at the latest. */
    public void beginShareAtEarliest(String group) throws InterruptedException, ExecutionException {
        alter(group, AlterConfigOp.OpType.SET);
    }

    private void alter(String group, AlterConfigOp.OpType how)
            throws InterruptedException, ExecutionException {
        admin.incrementalAlterConfigs(
                        Map.of(
                                new ConfigResource(ConfigResource.Type.GROUP, group),
                                List.of(
                                        new AlterConfigOp(
                                                new ConfigEntry(RESET, "earliest"), how))))
                .all()
                .get();
    }

    /** With its settings; one that is not there is fine. */
    public void deleteShare(String group) throws InterruptedException, ExecutionException {
        deleted(admin.deleteShareGroups(List.of(group)).all());
        alter(group, AlterConfigOp.OpType.DELETE);
    }

    /** One that is not there is fine. */
    public void deleteConsumers(String group) throws InterruptedException, ExecutionException {
        deleted(admin.deleteConsumerGroups(List.of(group)).all());
    }

    private static void deleted(KafkaFuture<Void> answer)
            throws InterruptedException, ExecutionException {
        try {
            var _ = answer.get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof GroupIdNotFoundException)) {
                throw e;
            }
        }
    }
}
