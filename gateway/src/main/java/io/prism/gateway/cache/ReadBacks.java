package io.prism.gateway.cache;

import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.transact.CommittedRows;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/**
 * Reads rows back behind their writers, a few at a time; those beyond are left to whoever reads
 * them. Thread-safe.
 */
public final class ReadBacks implements WriteThrough.Refill {
    static final int MOST = 64;

    private final Executor threads;
    private final WriteThrough.Refill reading;
    private final Semaphore free = new Semaphore(MOST);

    /**
     * @param reading blocks, on one of the threads
     */
    public ReadBacks(Executor threads, WriteThrough.Refill reading) {
        this.threads = threads;
        this.reading = reading;
    }

    @Override
    public void begin(NamespaceSpec namespace, CommittedRows.Row row) {
        if (!free.tryAcquire()) {
            return;
        }
        try {
            threads.execute(
                    () -> {
                        try {
                            reading.begin(namespace, row);
                        } finally {
                            free.release();
                        }
                    });
        } catch (RuntimeException e) {
            free.release();
            throw e;
        }
    }
}
