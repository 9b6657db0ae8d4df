package io.prism.gateway.table;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A replicated map from names to JSON text. Thread-safe. */
public interface StateTable extends AutoCloseable {
    /** As this process last saw it; other processes' updates arrive within moments. */
    Optional<String> get(String key);

    /** As this process last saw it. */
    Map<String, String> snapshot();

    /**
     * Changes the table linearizably: the function sees every update that any process made before,
     * and no other process's update comes between what it sees and what it returns. It may run more
     * than once and may throw to refuse. When this returns, the change is durable and visible here.
     * Blocks.
     *
     * @param change from the whole table to new values by key; an empty one removes the key
     */
    void update(Function<Map<String, String>, Map<String, Optional<String>>> change);

    /**
     * Runs the listener now, and after every change, on the table's thread. It looks at {@link
     * #snapshot} itself.
     */
    void onChange(Runnable listener);

    /** Whether the table is following its source. */
    boolean healthy();

    @Override
    void close();
}
