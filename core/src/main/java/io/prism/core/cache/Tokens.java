package io.prism.core.cache;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Texts that no process makes twice: its own name, and a number. Thread-safe. */
public final class Tokens implements Supplier<String> {
    private final String process;
    private final AtomicLong next = new AtomicLong();

    /**
     * @param process this start of this process, and no other
     */
    public Tokens(UUID process) {
        this.process = process + "-";
    }

    @Override
    public String get() {
        return process + Long.toHexString(next.getAndIncrement());
    }
}
