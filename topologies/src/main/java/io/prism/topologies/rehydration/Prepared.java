package io.prism.topologies.rehydration;

import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;

/**
 * Outcomes of records that were let through and are not processed yet. The consumer of a stream
 * thread puts them, the processor of the same thread takes them. Thread-safe.
 */
final class Prepared {
    private final Map<Place, Ready> outcomes = new ConcurrentHashMap<>();
    private final Budget budget;

    /** Where a record stands. */
    record Place(String topic, int partition, long offset) {}

    /** What is taken must be given back to the budget once the producer has it. */
    record Ready(Outcome outcome, String namespace, long bytes) {}

    Prepared(Budget budget) {
        this.budget = budget;
    }

    void put(Place place, Ready ready) {
        Ready before = outcomes.put(place, ready);
        if (before != null) {
            done(before);
        }
    }

    Optional<Ready> take(Place place) {
        return Optional.ofNullable(outcomes.remove(place));
    }

    void done(Ready ready) {
        budget.giveBack(ready.namespace(), ready.bytes());
    }

    /** Forgets what these partitions have: they are read again, here or elsewhere. */
    void drop(Collection<TopicPartition> partitions) {
        Set<TopicPartition> dropped = new HashSet<>(partitions);
        for (Place place : outcomes.keySet()) {
            if (dropped.contains(new TopicPartition(place.topic(), place.partition()))) {
                take(place).ifPresent(this::done);
            }
        }
    }

    int size() {
        return outcomes.size();
    }
}
