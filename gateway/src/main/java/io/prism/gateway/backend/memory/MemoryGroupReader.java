package io.prism.gateway.backend.memory;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.ReadRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A member of a group: the n-th member has every n-th partition. A partition that another member
 * still holds is taken only once that one has given it up in its own poll.
 */
final class MemoryGroupReader extends MemoryReaderBase {
    private final ReadRequest.AsMember request;
    private boolean positioned;

    MemoryGroupReader(MemoryLog log, ReadRequest.AsMember request) {
        super(log);
        this.request = request;
        log.lock.lock();
        try {
            members().add(this);
            log.changed.signalAll();
        } finally {
            log.lock.unlock();
        }
    }

    private List<MemoryGroupReader> members() {
        return log.members.computeIfAbsent(request.group(), g -> new ArrayList<>());
    }

    @Override
    void beforePoll() {
        List<LogPartition> all = log.partitionsOf(request.topics());
        List<MemoryGroupReader> members = members();
        Set<LogPartition> mine = new HashSet<>();
        for (int i = members.indexOf(this); i < all.size(); i += members.size()) {
            mine.add(all.get(i));
        }
        Set<LogPartition> gone = new HashSet<>(positions.keySet());
        gone.removeAll(mine);
        if (!gone.isEmpty()) {
            giveUp(gone);
        }
        for (LogPartition partition : mine) {
            boolean held = members.stream().anyMatch(m -> m.positions.containsKey(partition));
            if (!held) {
                Optional<CommitPoint> from = log.committed(request.group(), partition);
                positions.put(partition, from.map(CommitPoint::offset).orElse(0L));
                request.assignments().assigned(partition, from);
            }
        }
        positioned = true;
    }

    private void giveUp(Set<LogPartition> partitions) {
        remember(request.assignments().revoked(partitions));
        partitions.forEach(positions::remove);
        log.changed.signalAll();
    }

    private void remember(Map<LogPartition, CommitPoint> points) {
        points.forEach(
                (partition, point) -> {
                    if (positions.containsKey(partition)) {
                        log.groups
                                .computeIfAbsent(request.group(), g -> new HashMap<>())
                                .put(partition, point);
                    }
                });
    }

    @Override
    public void commit(Map<LogPartition, CommitPoint> points, boolean wait) {
        log.lock.lock();
        try {
            remember(points);
        } finally {
            log.lock.unlock();
        }
    }

    @Override
    public boolean positioned() {
        return positioned;
    }

    @Override
    public void close() {
        log.lock.lock();
        try {
            giveUp(new HashSet<>(positions.keySet()));
            members().remove(this);
            log.changed.signalAll();
        } finally {
            log.lock.unlock();
        }
    }
}
