package io.prism.gateway.backend.memory;

import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import java.util.Map;

/** Every record of every partition that matches. */
final class MemoryLoneReader extends MemoryReaderBase {
    private final ReadRequest.Alone request;
    private boolean positioned;

    MemoryLoneReader(MemoryLog log, ReadRequest.Alone request) {
        super(log);
        this.request = request;
    }

    @Override
    void beforePoll() {
        StartAt start = positioned ? new StartAt.Earliest() : request.start();
        for (LogPartition partition : log.partitionsOf(request.topics())) {
            positions.computeIfAbsent(partition, p -> log.startOffset(p, start));
        }
        positioned = true;
    }

    @Override
    public void commit(Map<LogPartition, CommitPoint> points, boolean wait) {
        throw new IllegalStateException("a lone reader has no group to commit for");
    }

    @Override
    public boolean positioned() {
        return positioned;
    }

    @Override
    public void close() {}
}
