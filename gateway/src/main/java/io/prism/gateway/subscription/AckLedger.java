package io.prism.gateway.subscription;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trackers of the partitions a stream has, and where its unacknowledged messages are. Not
 * thread-safe.
 */
final class AckLedger {
    private final Map<LogPartition, PartitionTracker> trackers = new HashMap<>();
    private final Map<String, List<Place>> unacknowledged = new HashMap<>();
    private int unacknowledgedCount;

    private record Place(LogPartition partition, long offset) {}

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
    void delivered(LogEntry entry, String messageId) {
        PartitionTracker tracker = trackers.get(entry.place());
        if (tracker != null) {
            tracker.delivered(entry.offset());
            unacknowledged
                    .computeIfAbsent(messageId, id -> new ArrayList<>(1))
                    .add(new Place(entry.place(), entry.offset()));
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

    /** False if no message of that id waits here. */
    boolean acknowledge(String messageId) {
        List<Place> places = unacknowledged.remove(messageId);
        if (places == null) {
            return false;
        }
        unacknowledgedCount -= places.size();
        for (Place place : places) {
            PartitionTracker tracker = trackers.get(place.partition());
            if (tracker != null) {
                tracker.acknowledge(place.offset());
            }
        }
        return true;
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
