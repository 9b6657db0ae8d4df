package io.prism.gateway.table;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The reference table: one process, nothing kept. */
public final class MemoryTable implements StateTable {
    private final CopyOnWriteArrayList<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Map<String, String> state = Map.of();

    @Override
    public Optional<String> get(String key) {
        return Optional.ofNullable(state.get(key));
    }

    @Override
    public Map<String, String> snapshot() {
        return state;
    }

    @Override
    public synchronized void update(
            Function<Map<String, String>, Map<String, Optional<String>>> change) {
        Map<String, String> next = new HashMap<>(state);
        change.apply(state)
                .forEach(
                        (key, value) -> {
                            if (value.isPresent()) {
                                next.put(key, value.get());
                            } else {
                                next.remove(key);
                            }
                        });
        state = Map.copyOf(next);
        listeners.forEach(Runnable::run);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
        listener.run();
    }

    @Override
    public boolean healthy() {
        return true;
    }

    @Override
    public void close() {}
}
