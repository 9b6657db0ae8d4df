package io.prism.gateway.backend;

import io.prism.gateway.backend.memory.MemoryLog;
import java.time.Clock;

final class MemoryLogTest extends LogBackendContract {
    private final MemoryLog log = new MemoryLog(Clock.systemUTC());

    @Override
    protected LogBackend backend() {
        return log;
    }
}
