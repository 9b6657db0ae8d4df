package io.prism.topologies.rehydration;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.claim.Claim;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private static final TopicPartition FIRST = new TopicPartition(Fixture.TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(Fixture.TOPIC, 1);
    private static final int MEMORY = 4_000;

    private final Fixture fixture = new Fixture();
    private final Budget budget = new Budget(MEMORY);
    private final Prepared prepared = new Prepared(budget);
    private final ReadAhead ahead =
            new ReadAhead(fixture.routes, fixture.rehydrator, budget, prepared);
    private final Map<TopicPartition, Long> ends = new HashMap<>();

    @AfterEach
    void close() {
        fixture.close();
    }

    /** Reads records from Kafka; null is one without a claim. */
    private void read(TopicPartition partition, @Nullable Claim... claims) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Claim claim : claims) {
            records.add(record(partition, ends.merge(partition, 1L, Long::sum) - 1, claim));
        }
        read(partition, records, ends.getOrDefault(partition, 0L));
    }

    private void read(
            TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records, long next) {
        ahead.add(
                new ConsumerRecords<>(
                        records.isEmpty() ? Map.of() : Map.of(partition, records),
                        Map.of(partition, new OffsetAndMetadata(next))));
    }

    private static ConsumerRecord<byte[], byte[]> record(
            TopicPartition partition, long offset, @Nullable Claim claim) {
        return new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                1,
                5,
                new byte[1],
                new byte[5],
                Fixture.headers(claim),
                Optional.empty());
    }

    private List<Long> delivered(TopicPartition partition) {
        return delivered(partition, Set.of());
    }

    private List<Long> delivered(TopicPartition partition, Set<TopicPartition> paused) {
        return ahead.deliver(paused).records(partition).stream()
                .map(ConsumerRecord::offset)
                .toList();
    }

    private Claim claim(int size) {
        return fixture.store.stored(Fixture.payload(size, size));
    }

    private Claim shut(int size) {
        Claim claim = claim(size);
        fixture.store.shut(claim);
        return claim;
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void untilDelivered(TopicPartition partition, Long... offsets) {
        List<Long> all = new ArrayList<>();
        until(
                () -> {
                    all.addAll(delivered(partition));
                    return all.size() >= offsets.length;
                });
        assertThat(all).containsExactly(offsets);
    }

    @Test
    void records_without_claims_pass_at_once() {
        read(FIRST, null, null);
        ConsumerRecords<byte[], byte[]> out = ahead.deliver(Set.of());
        assertThat(out.count()).isEqualTo(2);
        assertThat(out.nextOffsets()).containsEntry(FIRST, new OffsetAndMetadata(2));
        assertThat(ahead.waits()).isFalse();
    }

    @Test
    void what_is_behind_a_claim_waits_for_it_and_other_partitions_do_not() {
        // Given
        Claim slow = shut(100);
        read(FIRST, null, slow, null);
        read(SECOND, null, null);

        // When
        ConsumerRecords<byte[], byte[]> out = ahead.deliver(Set.of());

        // Then
        assertThat(out.records(FIRST)).extracting(ConsumerRecord::offset).containsExactly(0L);
        assertThat(out.records(SECOND)).hasSize(2);
        assertThat(out.nextOffsets())
                .as("nothing held is taken for processed")
                .containsEntry(FIRST, new OffsetAndMetadata(1, Optional.empty(), ""))
                .containsEntry(SECOND, new OffsetAndMetadata(2));
        assertThat(ahead.position(FIRST)).hasValue(1);
        assertThat(ahead.position(SECOND)).isEmpty();
        assertThat(ahead.held()).isEqualTo(2);

        // When
        fixture.store.open(slow);

        // Then
        untilDelivered(FIRST, 1L, 2L);
        assertThat(ahead.position(FIRST)).isEmpty();
        assertThat(ahead.held()).isZero();
    }

    @Test
    void payloads_load_at_the_same_time_and_come_out_in_order() {
        // Given
        Claim first = shut(100);
        Claim second = claim(200);
        Claim third = claim(300);
        read(FIRST, first, second, third);

        // When
        assertThat(delivered(FIRST)).isEmpty();
        until(() -> fixture.store.loads.get() == 3);

        // Then
        assertThat(delivered(FIRST)).isEmpty();
        fixture.store.open(first);
        untilDelivered(FIRST, 0L, 1L, 2L);
        assertThat(prepared.size()).isEqualTo(3);
        assertThat(budget.used()).isEqualTo(600);
    }

    @Test
    void no_more_is_loaded_than_memory_holds() {
        // Given
        Claim first = shut(900);
        Claim second = shut(900);
        Claim third = claim(900);
        read(FIRST, first, second, third);

        // When
        delivered(FIRST);

        // Then
        until(() -> fixture.store.loads.get() == 2);
        assertThat(budget.used()).isEqualTo(1_800);

        // When
        fixture.store.open(first);
        fixture.store.open(second);
        untilDelivered(FIRST, 0L, 1L);

        // Then
        assertThat(delivered(FIRST)).as("memory is the producer's still").isEmpty();
        assertThat(fixture.store.loads).hasValue(2);
        prepared.done(prepared.take(new Prepared.Place(Fixture.TOPIC, 0, 0)).orElseThrow());
        untilDelivered(FIRST, 2L);
    }

    @Test
    void a_paused_partition_is_loaded_and_not_delivered() {
        // Given
        read(FIRST, claim(100));

        // When
        Set<TopicPartition> paused = Set.of(FIRST);

        // Then
        assertThat(delivered(FIRST, paused)).isEmpty();
        until(() -> fixture.store.loads.get() == 1);
        assertThat(ahead.deliver(paused).isEmpty()).isTrue();
        untilDelivered(FIRST, 0L);
    }

    @Test
    void records_of_a_topic_whose_route_is_not_known_yet_wait_for_it() {
        // Given
        fixture.routes.replace(Map.of());
        read(FIRST, null, claim(10));

        // Then
        assertThat(delivered(FIRST)).isEmpty();
        assertThat(ahead.position(FIRST)).hasValue(0);

        // When
        fixture.serve();

        // Then
        untilDelivered(FIRST, 0L, 1L);
    }

    @Test
    void what_is_dropped_gives_its_memory_back_and_leaves_the_line() {
        // Given
        Claim held = shut(900);
        Claim ready = claim(900);
        read(FIRST, ready);
        untilDelivered(FIRST, 0L);
        read(FIRST, held);
        read(SECOND, shut(900));
        delivered(SECOND);
        assertThat(budget.used()).isEqualTo(1_800);

        // When
        ahead.drop(List.of(FIRST, SECOND));
        fixture.store.open(held);

        // Then
        until(() -> budget.used() == 0);
        assertThat(prepared.size()).isZero();
        assertThat(ahead.waits()).isFalse();
        assertThat(ahead.deliver(Set.of()).nextOffsets()).isEmpty();
        assertThat(budget.tryTake("next", "videos", 100)).isTrue();
    }

    @Test
    void markers_at_the_end_of_a_partition_are_passed_over() {
        // Given: a transaction's marker stands where a record could
        read(FIRST, null, null);
        ahead.deliver(Set.of());

        // When
        read(FIRST, List.of(), 3);

        // Then
        assertThat(ahead.deliver(Set.of()).nextOffsets())
                .containsEntry(FIRST, new OffsetAndMetadata(3));
    }

    @Test
    void a_partition_that_holds_much_is_full() {
        // Given
        Claim slow = shut(10);
        read(FIRST, slow);

        // When
        Claim[] many = new Claim[256];
        read(FIRST, many);
        ahead.deliver(Set.of());

        // Then
        assertThat(ahead.full(FIRST)).isTrue();
        assertThat(ahead.full(SECOND)).isFalse();
        fixture.store.open(slow);
        until(() -> !ahead.deliver(Set.of()).isEmpty());
        assertThat(ahead.full(FIRST)).isFalse();
    }

    /**
     * The stream thread's part, with crashes: what it got is written and committed together, or
     * neither. Whatever is held at a crash is read again from the committed position.
     */
    @Test
    void crashes_at_any_moment_lose_and_repeat_nothing() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();
        for (int offset = 0; offset < 300; offset++) {
            log.add(record(FIRST, offset, random.nextInt(3) == 0 ? claim(50 + offset) : null));
        }
        List<Long> visible = new ArrayList<>();
        long committed = 0;
        int crashes = 0;
        ReadAhead process = new ReadAhead(fixture.routes, fixture.rehydrator, budget, prepared);
        long position = 0;
        List<Long> transaction = new ArrayList<>();
        long consumed = 0;
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (committed < log.size()) {
            assertThat(System.nanoTime()).as("in time; seed " + seed).isLessThan(end);
            int count = (int) Math.min(random.nextInt(20), log.size() - position);
            if (count > 0) {
                Map<TopicPartition, List<ConsumerRecord<byte[], byte[]>>> polled =
                        new LinkedHashMap<>();
                polled.put(FIRST, log.subList((int) position, (int) position + count));
                position += count;
                process.add(
                        new ConsumerRecords<>(
                                polled, Map.of(FIRST, new OffsetAndMetadata(position))));
            }
            for (ConsumerRecord<byte[], byte[]> record : process.deliver(Set.of())) {
                if (Rehydrator.isClaim(record.headers())) {
                    prepared.done(
                            prepared.take(new Prepared.Place(Fixture.TOPIC, 0, record.offset()))
                                    .orElseThrow());
                }
                transaction.add(record.offset());
                consumed = record.offset() + 1;
            }
            if (random.nextInt(10) == 0) {
                crashes++;
                process.dropAll();
                process = new ReadAhead(fixture.routes, fixture.rehydrator, budget, prepared);
                position = committed;
                consumed = committed;
                transaction.clear();
            } else if (random.nextInt(3) == 0) {
                visible.addAll(transaction);
                transaction.clear();
                committed = consumed;
            }
        }
        assertThat(crashes).isPositive();
        assertThat(visible)
                .as("seed %d", seed)
                .containsExactlyElementsOf(log.stream().map(ConsumerRecord::offset).toList());
        process.dropAll();
        until(() -> budget.used() == 0);
    }
}
