package io.prism.gateway.backend.kafka;

import com.google.protobuf.ByteString;
import io.prism.core.record.CommittedRecords;
import io.prism.core.record.CommittedRecords.Span;
import io.prism.core.table.InternalTopic;
import io.prism.gateway.backend.Appended;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.LogRecord;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;

/** A {@link LogBackend} on a Kafka cluster, with one producer for all namespaces. */
public final class KafkaLog implements LogBackend {
    /** Offsets at most that are looked at, before they are taken for records. */
    private static final long FEW = 10_000;

    private final KafkaSettings settings;
    private final Admin admin;
    private final Producer<byte[], ByteString> producer;
    private final Map<String, Integer> partitionCounts = new ConcurrentHashMap<>();

    public KafkaLog(KafkaSettings settings) {
        this.settings = settings;
        this.admin = Admin.create(settings.admin());
        this.producer =
                new KafkaProducer<>(
                        settings.producer(),
                        new ByteArraySerializer(),
                        (topic, value) -> value == null ? null : value.toByteArray());
    }

    @Override
    public void ensureTopic(TopicSettings topic) {
        String doing = "making topic " + topic.topic();
        Map<String, String> config = new HashMap<>();
        config.put("max.message.bytes", Integer.toString(topic.maxRecordBytes()));
        if (topic.retentionMillis() >= 0) {
            config.put("retention.ms", Long.toString(topic.retentionMillis()));
        }
        if (topic.replication() >= 3) {
            config.put("min.insync.replicas", "2");
        }
        Optional<Short> replication =
                topic.replication() < 0
                        ? Optional.empty()
                        : Optional.of((short) topic.replication());
        create(
                doing,
                new NewTopic(topic.topic(), Optional.of(topic.partitions()), replication)
                        .configs(config));
        partitionCount(topic.topic());
    }

    /** Makes one of Prism's own topics if it is not there; blocks. */
    public void ensureInternal(InternalTopic topic) {
        topic.ensure(admin);
        partitionCount(topic.name());
    }

    private void create(String doing, NewTopic topic) {
        try {
            KafkaErrors.await(doing, admin.createTopics(List.of(topic)).all());
        } catch (RuntimeException e) {
            if (!KafkaErrors.causedBy(e, TopicExistsException.class)) {
                throw e;
            }
        }
    }

    @Override
    public Set<String> topics(String prefix) {
        return KafkaErrors.await("listing topics", admin.listTopics().names()).stream()
                .filter(name -> name.startsWith(prefix))
                .collect(Collectors.toSet());
    }

    @Override
    public void deleteTopics(Collection<String> topics) {
        for (String topic : topics) {
            try {
                KafkaErrors.await(
                        "deleting topic " + topic, admin.deleteTopics(List.of(topic)).all());
            } catch (RuntimeException e) {
                if (!KafkaErrors.causedBy(e, UnknownTopicOrPartitionException.class)) {
                    throw e;
                }
            }
            partitionCounts.remove(topic);
        }
    }

    @Override
    public CompletableFuture<Appended> append(LogRecord record) {
        CompletableFuture<Appended> appended = new CompletableFuture<>();
        try {
            producer.send(
                    new ProducerRecord<>(
                            record.topic(),
                            record.partition(),
                            null,
                            record.key(),
                            record.value(),
                            record.headers()),
                    (metadata, failure) -> {
                        if (failure == null) {
                            appended.complete(
                                    new Appended(
                                            metadata.partition(),
                                            metadata.offset(),
                                            metadata.timestamp()));
                        } else {
                            appended.completeExceptionally(
                                    KafkaErrors.map(
                                            "appending to topic " + record.topic(), failure));
                        }
                    });
        } catch (RuntimeException e) {
            appended.completeExceptionally(
                    KafkaErrors.map("appending to topic " + record.topic(), e));
        }
        return appended;
    }

    @Override
    public int partitionFor(String topic, byte[] key) {
        return Utils.toPositive(Utils.murmur2(key)) % partitionCount(topic);
    }

    private int partitionCount(String topic) {
        Integer known = partitionCounts.get(topic);
        if (known != null) {
            return known;
        }
        try {
            int count = producer.partitionsFor(topic).size();
            partitionCounts.put(topic, count);
            return count;
        } catch (RuntimeException e) {
            throw KafkaErrors.map("looking up topic " + topic, e);
        }
    }

    @Override
    public LogReader read(ReadRequest request) {
        return switch (request) {
            case ReadRequest.Alone alone -> new KafkaLoneReader(settings.loneConsumer(), alone);
            case ReadRequest.AsMember member ->
                    new KafkaGroupReader(settings.groupConsumer(member.group()), member);
        };
    }

    @Override
    public int partitions(String topic) {
        return partitionCount(topic);
    }

    @Override
    public long unread(String topic, String group) {
        String doing = "measuring topic " + topic;
        Set<TopicPartition> partitions = partitionsOf(new TopicSelector.Exact(topic));
        Map<TopicPartition, Long> begins = offsets(doing, partitions, p -> OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = offsets(doing, partitions, p -> OffsetSpec.latest());
        Map<TopicPartition, OffsetAndMetadata> committed = committed(doing, group);
        Map<TopicPartition, Span> unread = new HashMap<>();
        for (TopicPartition p : partitions) {
            long begin = begins.getOrDefault(p, 0L);
            OffsetAndMetadata at = committed.get(p);
            long position = at == null ? begin : Math.max(begin, at.offset());
            long end = ends.getOrDefault(p, begin);
            if (position < end) {
                unread.put(p, new Span(position, end));
            }
        }
        withoutRecords(doing, unread).forEach(unread::remove);
        return unread.values().stream().mapToLong(Span::offsets).sum();
    }

    /** Where there are only the ends of transactions, and what was aborted, as far as is known. */
    private Set<TopicPartition> withoutRecords(String doing, Map<TopicPartition, Span> unread) {
        Map<TopicPartition, Span> few = new HashMap<>(unread);
        few.values().removeIf(span -> span.offsets() > FEW);
        if (few.isEmpty()) {
            return Set.of();
        }
        Map<TopicPartition, Long> readable =
                offsets(
                        doing,
                        few.keySet(),
                        p -> OffsetSpec.latest(),
                        IsolationLevel.READ_COMMITTED);
        // What a transaction that goes on may still bring is waited for.
        few.entrySet()
                .removeIf(left -> readable.getOrDefault(left.getKey(), 0L) < left.getValue().end());
        try {
            Set<TopicPartition> without = new HashSet<>(few.keySet());
            without.removeAll(CommittedRecords.in(settings.loneConsumer(), few));
            return without;
        } catch (TimeoutException slow) {
            return Set.of();
        } catch (KafkaException e) {
            throw KafkaErrors.map(doing, e);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> committed(String doing, String group) {
        try {
            return KafkaErrors.await(
                    doing, admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        } catch (RuntimeException e) {
            if (KafkaErrors.causedBy(e, GroupIdNotFoundException.class)) {
                return Map.of();
            }
            throw e;
        }
    }

    @Override
    public boolean hasMembers(String group) {
        try {
            return KafkaErrors.await(
                            "describing group " + group,
                            admin.describeConsumerGroups(List.of(group)).all())
                    .values()
                    .stream()
                    .anyMatch(description -> !description.members().isEmpty());
        } catch (RuntimeException e) {
            if (KafkaErrors.causedBy(e, GroupIdNotFoundException.class)) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public Set<String> groups(String prefix) {
        return KafkaErrors.await("listing groups", admin.listGroups().all()).stream()
                .map(GroupListing::groupId)
                .filter(group -> group.startsWith(prefix))
                .collect(Collectors.toSet());
    }

    @Override
    public void startGroup(String group, TopicSelector topics, StartAt start) {
        String doing = "placing group " + group;
        if (start instanceof StartAt.Earliest) {
            // What a group without positions does anyway; a crash may have left it some.
            if (!committed(doing, group).isEmpty()) {
                deleteGroup(group);
            }
            return;
        }
        Set<TopicPartition> partitions = partitionsOf(topics);
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
        Map<TopicPartition, Long> ends = offsets(doing, partitions, p -> OffsetSpec.latest());
        switch (start) {
            case StartAt.Earliest earliest -> {}
            case StartAt.Latest latest ->
                    ends.forEach((p, end) -> positions.put(p, new OffsetAndMetadata(end)));
            case StartAt.AtTime at -> {
                Map<TopicPartition, Long> found =
                        offsets(
                                doing,
                                partitions,
                                p -> OffsetSpec.forTimestamp(at.time().toEpochMilli()));
                ends.forEach(
                        (p, end) ->
                                positions.put(
                                        p,
                                        new OffsetAndMetadata(
                                                found.getOrDefault(p, -1L) < 0
                                                        ? end
                                                        : found.getOrDefault(p, end))));
            }
            case StartAt.AtOffsets at ->
                    ends.forEach(
                            (p, end) -> {
                                long offset =
                                        at.offsets().getOrDefault(KafkaReaderBase.place(p), 0L);
                                positions.put(p, new OffsetAndMetadata(offset > end ? 0L : offset));
                            });
            case StartAt.AtOffset at -> {
                Map<TopicPartition, Long> begins =
                        offsets(doing, partitions, p -> OffsetSpec.earliest());
                ends.forEach(
                        (p, end) ->
                                positions.put(
                                        p,
                                        new OffsetAndMetadata(
                                                Math.clamp(
                                                        at.offset(),
                                                        begins.getOrDefault(p, 0L),
                                                        end))));
            }
        }
        KafkaErrors.await(doing, admin.alterConsumerGroupOffsets(group, positions).all());
    }

    private Map<TopicPartition, Long> offsets(
            String doing,
            Set<TopicPartition> partitions,
            Function<TopicPartition, OffsetSpec> spec) {
        return offsets(doing, partitions, spec, IsolationLevel.READ_UNCOMMITTED);
    }

    private Map<TopicPartition, Long> offsets(
            String doing,
            Set<TopicPartition> partitions,
            Function<TopicPartition, OffsetSpec> spec,
            IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> request =
                partitions.stream().collect(Collectors.toMap(Function.identity(), spec));
        Map<TopicPartition, ListOffsetsResultInfo> found =
                KafkaErrors.await(
                        doing, admin.listOffsets(request, new ListOffsetsOptions(isolation)).all());
        return found.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().offset()));
    }

    private Set<TopicPartition> partitionsOf(TopicSelector selector) {
        Set<String> names =
                KafkaErrors.await("listing topics", admin.listTopics().names()).stream()
                        .filter(selector::matches)
                        .collect(Collectors.toSet());
        Map<String, TopicDescription> described =
                KafkaErrors.await("describing topics", admin.describeTopics(names).allTopicNames());
        Set<TopicPartition> partitions = new HashSet<>();
        described.forEach(
                (topic, description) ->
                        description
                                .partitions()
                                .forEach(
                                        p ->
                                                partitions.add(
                                                        new TopicPartition(topic, p.partition()))));
        return partitions;
    }

    @Override
    public void deleteGroup(String group) {
        try {
            KafkaErrors.await(
                    "deleting group " + group, admin.deleteConsumerGroups(List.of(group)).all());
        } catch (RuntimeException e) {
            if (!KafkaErrors.causedBy(e, GroupIdNotFoundException.class)) {
                throw e;
            }
        }
    }

    @Override
    public String clusterId() {
        return KafkaErrors.await(
                "asking the cluster for its id", admin.describeCluster().clusterId());
    }

    @Override
    public void checkReachable() {
        clusterId();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
        admin.close(Duration.ofSeconds(2));
    }
}
