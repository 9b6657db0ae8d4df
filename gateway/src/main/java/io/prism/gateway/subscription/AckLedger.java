package io.prism.gateway.subscription;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The trackers of the partitions a stream has, and where its unacknowledged messages are. Not
 * thread-safe.
 */
final class AckLedger {
    private final Map<LogPartition, PartitionTracker> trackers = new HashMap<>();
    private final Map<String, List<Place>> unacknowledged = new HashMap<>();
    private int unacknowledgedCount;

    /**
     * Where a message that was acknowledged is.
     *
     * @param claim if not null, the acknowledgement must be told before it counts
     */
    record Place(LogPartition partition, long offset, @Nullable UUID claim) {}

    void assigned(LogPartition partition, Optional<CommitPoint> from) {
        trackers.put(partition, new PartitionTracker(from));
    }

    /**
     * Forgets the partitions; what is outstanding in them is somebody else's. Returns what to
     * commit.
     */
    Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions) {
        Map<LogPartition, CommitPoint> points = new HashMap<>();
        for (LogPartition partition : partitions) {
            PartitionTracker tracker = trackers.remove(partition);
            if (tracker != null) {
                tracker.takeChange().ifPresent(point -> points.put(partition, point));
            }
        }
        unacknowledged
                .values()
                .removeIf(
                        places -> {
                            int before = places.size();
                            places.removeIf(place -> partitions.contains(place.partition()));
                            unacknowledgedCount -= before - places.size();
                            return places.isEmpty();
                        });
        return points;
    }

    /**
     * Whether the record is to be delivered: its partition is ours, and it is not acknowledged yet.
     */
    boolean read(LogEntry entry) {
        PartitionTracker tracker = trackers.get(entry.place());
        return tracker != null && tracker.read(entry.offset());
    }

    boolean holds(LogPartition partition) {
        return trackers.containsKey(partition);
    }

    int deliveryCount(LogEntry entry) {
        PartitionTracker tracker = trackers.get(entry.place());
        return tracker == null ? 1 : tracker.deliveryCount(entry.offset());
    }

    /** The message goes out and waits for its acknowledgement. */
    void delivered(LogEntry entry, String messageId, @Nullable UUID claim) {
        PartitionTracker tracker = trackers.get(entry.place());
        if (tracker != null) {
            tracker.delivered(entry.offset());
            unacknowledged
                    .computeIfAbsent(messageId, id -> new ArrayList<>(1))
                    .add(new Place(entry.place(), entry.offset(), claim));
            unacknowledgedCount++;
        }
    }

    /** The message goes out and needs no acknowledgement. */
    void done(LogEntry entry) {
        PartitionTracker tracker = trackers.get(entry.place());
        if (tracker != null) {
            tracker.acknowledge(entry.offset());
        }
    }

    /**
     * The places of the messages of that id that waited here; empty if none did. Those without a
     * claim are done with; for the others {@link #settled} follows.
     */
    List<Place> acknowledge(String messageId) {
        List<Place> places = unacknowledged.remove(messageId);
        if (places == null) {
            return List.of();
        }
        unacknowledgedCount -= places.size();
        places.stream().filter(place -> place.claim() == null).forEach(this::settled);
        return places;
    }

    /** The message's acknowledgement counts from now on. */
    void settled(Place place) {
        PartitionTracker tracker = trackers.get(place.partition());
        if (tracker != null) {
            tracker.acknowledge(place.offset());
        }
    }

    int unacknowledged() {
        return unacknowledgedCount;
    }

    /** The positions that have changed since the last call. */
    Map<LogPartition, CommitPoint> takeChanges() {
        Map<LogPartition, CommitPoint> points = new HashMap<>();
        trackers.forEach(
                (partition, tracker) ->
                        tracker.takeChange().ifPresent(point -> points.put(partition, point)));
        return points;
    }
}
