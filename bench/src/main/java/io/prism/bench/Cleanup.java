package io.prism.bench;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * What has been made and must be removed again, also when the run is interrupted. Thread-safe;
 * everything is removed once.
 */
final class Cleanup implements AutoCloseable {
    private final Consumer<String> complaints;
    private final Deque<Made> made = new ArrayDeque<>();
    private boolean closed;

    /**
     * @param complaints told what could not be removed, and why
     */
    Cleanup(Consumer<String> complaints) {
        this.complaints = complaints;
    }

    @FunctionalInterface
    interface Removal {
        void remove() throws Exception;
    }

    /** Removes one thing; does nothing the second time. Never throws. */
    final class Made implements AutoCloseable {
        private final String what;
        private final Removal removal;

        private Made(String what, Removal removal) {
            this.what = what;
            this.removal = removal;
        }

        @Override
        public void close() {
            synchronized (Cleanup.this) {
                if (made.remove(this)) {
                    remove();
                }
            }
        }

        private void remove() {
            try {
                removal.remove();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                complaints.accept("interrupted while removing " + what);
            } catch (Exception e) {
                complaints.accept("could not remove " + what + ": " + e.getMessage());
            }
        }
    }

    /**
     * Call it before the thing is made: one that was made and not heard of is removed, too.
     *
     * @throws IllegalStateException once closed
     */
    synchronized Made add(String what, Removal removal) {
        if (closed) {
            throw new IllegalStateException("the run has ended");
        }
        Made it = new Made(what, removal);
        made.push(it);
        return it;
    }

    /** Removes what is left, the youngest first, and waits for what is being removed. */
    @Override
    public synchronized void close() {
        closed = true;
        while (!made.isEmpty()) {
            made.element().close();
        }
    }
}
