package io.prism.streams.claims;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.streams.kafka.KafkaClients;
import io.prism.streams.metrics.StreamsMetric;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes released objects in batches, on a thread of its own, and commits its position afterwards:
 * a kill in between deletes again, which changes nothing. What cannot be deleted now goes to the
 * end of the topic, so that one namespace's storage does not hold up the others'.
 */
final class Reaper implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reaper.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration CLOSE = Duration.ofSeconds(2);

    /**
     * A namespace that another process has released claims of is known here by then, however far
     * their clocks are apart.
     */
    private static final Duration KNOWN_EVERYWHERE = Duration.ofMinutes(1);

    /** The namespaces at an instant. */
    record Namespaces(Instant knownUpTo, Map<NamespaceName, NamespaceSpec> specs) {}

    private final Map<String, Object> consumerSettings;
    private final Map<String, Object> producerSettings;
    private final ClaimStores stores;
    private final Supplier<Namespaces> namespaces;
    private final MeterRegistry meters;
    private final Map<NamespaceName, AtomicLong> deleted = new ConcurrentHashMap<>();
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private volatile String problem = "";

    /**
     * @param namespaces those there are, as far as this process knows
     * @param group whose position says what has been deleted
     */
    Reaper(
            KafkaClients clients,
            ClaimStores stores,
            Supplier<Namespaces> namespaces,
            MeterRegistry meters,
            String group) {
        this.consumerSettings = clients.groupConsumer(group);
        this.producerSettings = clients.producer(group);
        this.stores = stores;
        this.namespaces = namespaces;
        this.meters = meters;
        this.thread = Thread.ofPlatform().daemon().name("reaper").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Why it deletes nothing right now; empty when all is well. */
    String problem() {
        return problem;
    }

    private void run() {
        while (!stopping()) {
            try {
                work();
            } catch (RuntimeException e) {
                // Whatever it is, the position was not committed: the next consumer goes on there.
                problem = "the reaper cannot work now: " + e.getMessage();
                log.atWarn().setMessage("the reaper starts over").setCause(e).log();
                awaitStop(AGAIN);
            }
        }
    }

    private boolean stopping() {
        return stop.getCount() == 0;
    }

    private void work() {
        KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(
                        consumerSettings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(
                        producerSettings, new ByteArraySerializer(), new ByteArraySerializer())) {
            consumer.subscribe(List.of(LifecycleTopics.RELEASES.name()));
            while (!stopping()) {
                reap(consumer, producer);
            }
        } finally {
            consumer.close(
                    CloseOptions.timeout(CLOSE)
                            .withGroupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    private void reap(
            KafkaConsumer<byte[], byte[]> consumer, KafkaProducer<byte[], byte[]> producer) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
        problem = "";
        if (records.isEmpty()) {
            return;
        }
        Map<NamespaceName, List<ClaimRelease>> batches = new TreeMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            read(record, batches);
        }
        List<ClaimRelease> later = new ArrayList<>();
        batches.forEach(
                (namespace, releases) -> {
                    if (!delete(namespace, releases)) {
                        later.addAll(releases);
                    }
                });
        putBack(later, producer);
        consumer.commitSync();
        if (!later.isEmpty()) {
            awaitStop(AGAIN);
        }
    }

    /** Returns when they are durable at the end of the topic. */
    private static void putBack(
            List<ClaimRelease> releases, KafkaProducer<byte[], byte[]> producer) {
        List<Future<RecordMetadata>> sent =
                releases.stream()
                        .map(
                                release ->
                                        producer.send(
                                                new ProducerRecord<>(
                                                        LifecycleTopics.RELEASES.name(),
                                                        ClaimCodec.key(release.claim()),
                                                        ClaimCodec.write(release))))
                        .toList();
        producer.flush();
        for (Future<RecordMetadata> one : sent) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new KafkaException("releases could not be put back", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new KafkaException("interrupted", e);
            }
        }
    }

    private static void read(
            ConsumerRecord<byte[], byte[]> record, Map<NamespaceName, List<ClaimRelease>> batches) {
        try {
            ClaimRelease release = ClaimCodec.readRelease(record.value());
            batches.computeIfAbsent(release.claim().namespace(), n -> new ArrayList<>())
                    .add(release);
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("a release is skipped; the object goes at its ttl")
                    .addKeyValue("partition", record.partition())
                    .addKeyValue("offset", record.offset())
                    .setCause(e)
                    .log();
        }
    }

    private boolean delete(NamespaceName namespace, List<ClaimRelease> releases) {
        Namespaces known = namespaces.get();
        Optional<NamespaceSpec> spec = Optional.ofNullable(known.specs().get(namespace));
        Optional<PatternSpec.ClaimCheck> check =
                spec.flatMap(its -> its.pattern(PatternSpec.ClaimCheck.class));
        if (check.isEmpty()) {
            Instant surely = releases.getLast().at().plus(KNOWN_EVERYWHERE);
            if (known.knownUpTo().isBefore(surely)) {
                return false;
            }
            log.atInfo()
                    .setMessage("releases of a namespace that is gone are dropped")
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("claims", releases.size())
                    .log();
            return true;
        }
        boolean measured = spec.filter(its -> its.observability().patternMetrics()).isPresent();
        try {
            stores.of(namespace, check.get())
                    .deleteIds(releases.stream().map(release -> release.claim().id()).toList());
        } catch (PrismException e) {
            if (measured) {
                StreamsMetric.CLAIM_DELETION_FAILURES
                        .counter(meters, "namespace", namespace.value())
                        .increment();
            }
            log.atWarn()
                    .setMessage("released objects could not be deleted; trying again")
                    .addKeyValue("namespace", namespace)
                    .addKeyValue("claims", releases.size())
                    .setCause(e)
                    .log();
            return false;
        }
        if (measured) {
            count(namespace, releases);
        }
        return true;
    }

    private void count(NamespaceName namespace, List<ClaimRelease> releases) {
        for (ClaimRelease release : releases) {
            StreamsMetric.CLAIMS_RELEASED
                    .counter(
                            meters,
                            "namespace",
                            namespace.value(),
                            "reason",
                            release.reason().name().toLowerCase(Locale.ROOT))
                    .increment();
        }
        deleted.computeIfAbsent(namespace, this::gauge).addAndGet(releases.size());
    }

    private AtomicLong gauge(NamespaceName namespace) {
        AtomicLong count = new AtomicLong();
        StreamsMetric.CLAIMS_DELETED.gauge(meters, count::get, "namespace", namespace.value());
        return count;
    }

    private void awaitStop(Duration patience) {
        try {
            boolean unused = stop.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        stop.countDown();
        try {
            thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
