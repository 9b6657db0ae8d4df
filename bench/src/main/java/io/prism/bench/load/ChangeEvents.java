package io.prism.bench.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Takes Debezium's change events, JSON without schemas, as a consumer receives them: a change is
 * known when its event is there. Thread-safe.
 */
public final class ChangeEvents implements ChangeLoad.Witness {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Duration patience;
    private final Map<Change, CompletableFuture<Long>> known = new ConcurrentHashMap<>();

    private record Change(long id, long version) {}

    /**
     * @param patience how long an event may take
     */
    public ChangeEvents(Duration patience) {
        this.patience = patience;
    }

    /** An event has arrived. */
    public void arrived(byte[] event) {
        long now = System.nanoTime();
        try {
            JsonNode after = JSON.readTree(event).path("after");
            boolean _ = of(after.path("id").asLong(), after.path("version").asLong()).complete(now);
        } catch (IOException e) {
            throw new IllegalStateException("an event is not JSON", e);
        }
    }

    private CompletableFuture<Long> of(long id, long version) {
        return known.computeIfAbsent(new Change(id, version), _ -> new CompletableFuture<>());
    }

    @Override
    public void ready(long id, long version) {
        // Nobody keeps a row here that could be old.
    }

    /** May be before the commit returned to its caller. */
    @Override
    public long known(long id, long version) throws Exception {
        return of(id, version).get(patience.toNanos(), TimeUnit.NANOSECONDS);
    }
}
