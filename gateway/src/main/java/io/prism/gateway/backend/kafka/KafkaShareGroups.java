package io.prism.gateway.backend.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListShareGroupOffsetsSpec;
import org.apache.kafka.clients.admin.SharePartitionOffsetInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;

/** The settings and positions of share groups (KIP-932). Blocks. */
final class KafkaShareGroups {
    private static final String DELIVERY_LIMIT = "share.delivery.count.limit";
    private static final int WANTED_LIMIT = 10;
    private static final int KAFKA_DEFAULT_LIMIT = 5;

    private final Admin admin;

    KafkaShareGroups(Admin admin) {
        this.admin = admin;
    }

    /**
     * Sets what must be set before the first member joins: the group begins at the earliest record,
     * reads committed ones only, and drops a record as late as the cluster allows.
     *
     * @return how often the group hands out a record before it drops it
     */
    int prepare(String group) {
        String doing = "preparing share group " + group;
        ConfigResource resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        set(
                doing,
                resource,
                Map.of(
                        "share.auto.offset.reset",
                        "earliest",
                        "share.isolation.level",
                        "read_committed"));
        try {
            set(doing, resource, Map.of(DELIVERY_LIMIT, Integer.toString(WANTED_LIMIT)));
        } catch (RuntimeException e) {
            // The cluster's group.share.max.delivery.count.limit is lower; what it is, stands.
            if (!KafkaErrors.causedBy(e, InvalidConfigurationException.class)
                    && !KafkaErrors.causedBy(e, InvalidRequestException.class)) {
                throw e;
            }
        }
        Config config =
                KafkaErrors.await(doing, admin.describeConfigs(List.of(resource)).all())
                        .get(resource);
        ConfigEntry limit = config == null ? null : config.get(DELIVERY_LIMIT);
        String value = limit == null ? null : limit.value();
        return value == null ? KAFKA_DEFAULT_LIMIT : Integer.parseInt(value);
    }

    private void set(String doing, ConfigResource resource, Map<String, String> settings) {
        List<AlterConfigOp> operations = new ArrayList<>();
        settings.forEach(
                (name, value) ->
                        operations.add(
                                new AlterConfigOp(
                                        new ConfigEntry(name, value), AlterConfigOp.OpType.SET)));
        KafkaErrors.await(doing, admin.incrementalAlterConfigs(Map.of(resource, operations)).all());
    }

    /**
     * The partitions' lag as the group's coordinator knows it; empty for those it does not know.
     */
    Map<TopicPartition, OptionalLong> lag(String group, Set<TopicPartition> partitions) {
        try {
            Map<TopicPartition, SharePartitionOffsetInfo> known =
                    KafkaErrors.await(
                            "asking share group " + group + " for its positions",
                            admin.listShareGroupOffsets(
                                            Map.of(
                                                    group,
                                                    new ListShareGroupOffsetsSpec()
                                                            .topicPartitions(partitions)))
                                    .partitionsToOffsetInfo(group));
            Map<TopicPartition, OptionalLong> lags = new HashMap<>();
            known.forEach(
                    (partition, info) ->
                            lags.put(
                                    partition,
                                    info == null || info.lag().isEmpty()
                                            ? OptionalLong.empty()
                                            : OptionalLong.of(info.lag().get())));
            return lags;
        } catch (RuntimeException e) {
            if (KafkaErrors.causedBy(e, GroupIdNotFoundException.class)) {
                return Map.of();
            }
            throw e;
        }
    }

    void delete(String group) {
        try {
            KafkaErrors.await(
                    "deleting share group " + group, admin.deleteShareGroups(List.of(group)).all());
        } catch (RuntimeException e) {
            if (!KafkaErrors.causedBy(e, GroupIdNotFoundException.class)) {
                throw e;
            }
        }
    }
}
