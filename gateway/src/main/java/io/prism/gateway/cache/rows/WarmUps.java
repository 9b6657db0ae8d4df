package io.prism.gateway.cache.rows;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.cache.FencedCacheSettings;
import io.prism.core.condition.Conditions;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.reader.Reader;
import io.prism.v1.QueryRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads namespaces' rows into their caches, in the background, one namespace after the other. What
 * goes wrong is logged and counted, and its rows are read when they are asked for. Thread-safe.
 */
public final class WarmUps {
    private static final Logger log = LoggerFactory.getLogger(WarmUps.class);
    private static final long PAUSE_MILLIS = 500;

    /** By then nobody has a lease that Redis gave and could not answer. */
    private static final long PAUSE_OF_REDIS_MILLIS =
            FencedCacheSettings.DEFAULT.lease().plusMillis(PAUSE_MILLIS).toMillis();

    private final Reader reader;
    private final MeterRegistry meters;
    private final Executor threads;
    private final Semaphore turn = new Semaphore(1, true);

    /**
     * @param threads each warm-up blocks one; interrupted where it is to end
     */
    public WarmUps(Reader reader, MeterRegistry meters, Executor threads) {
        this.reader = reader;
        this.meters = meters;
        this.threads = threads;
    }

    /**
     * Returns at once.
     *
     * @return ends it; its statement, if one runs, ends by itself
     */
    public Runnable begin(NamespaceSpec namespace, PatternSpec.Cache.WarmUp what) {
        Run run = new Run(namespace, what);
        threads.execute(run);
        return run::end;
    }

    /** One namespace's. */
    private final class Run implements Runnable, Reader.Progress {
        private final NamespaceSpec namespace;
        private final PatternSpec.Cache.WarmUp what;
        private volatile boolean wanted = true;
        private long kept;

        Run(NamespaceSpec namespace, PatternSpec.Cache.WarmUp what) {
            this.namespace = namespace;
            this.what = what;
        }

        void end() {
            wanted = false;
        }

        @Override
        public boolean wanted() {
            return wanted;
        }

        @Override
        public void kept(int more) {
            kept += more;
            Metric.CACHE_WARMED_ROWS
                    .counter(meters, "namespace", namespace.name().value())
                    .increment(more);
        }

        @Override
        public void run() {
            try {
                turn.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            try {
                tell(attempts());
            } finally {
                turn.release();
            }
        }

        /** Whoever starts first may have to wait for the others. */
        private Optional<PrismException> attempts() {
            long started = System.nanoTime();
            while (true) {
                Duration left = what.timeout().minusNanos(System.nanoTime() - started);
                try {
                    reader.warmUp(namespace, request(), left, this);
                    return Optional.empty();
                } catch (PrismException e) {
                    boolean later =
                            e.code() == ErrorCode.DATABASE_UNAVAILABLE
                                    || e.code() == ErrorCode.CACHE_UNAVAILABLE
                                    || e.code() == ErrorCode.OVERLOADED;
                    long pause =
                            e.code() == ErrorCode.CACHE_UNAVAILABLE
                                    ? PAUSE_OF_REDIS_MILLIS
                                    : PAUSE_MILLIS;
                    if (!wanted || !later || left.toMillis() <= pause || !paused(pause)) {
                        return Optional.of(e);
                    }
                } catch (RuntimeException e) {
                    return Optional.of(
                            new PrismException(ErrorCode.INTERNAL, "the warm-up failed", e));
                }
            }
        }

        private QueryRequest request() {
            QueryRequest.Builder request =
                    QueryRequest.newBuilder()
                            .setCollection(what.collection())
                            .setLimit(what.rows());
            Conditions.filter(what.where(), false).ifPresent(request::setFilter);
            what.sort().stream().map(Conditions::sort).forEach(request::addSort);
            return request.build();
        }

        private static boolean paused(long millis) {
            try {
                Thread.sleep(millis);
                return true;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        private void tell(Optional<PrismException> failure) {
            if (!wanted) {
                return;
            }
            Metric.CACHE_WARM_UPS
                    .counter(
                            meters,
                            "namespace",
                            namespace.name().value(),
                            "outcome",
                            failure.map(e -> e.code().name()).orElse("ok"))
                    .increment();
            if (failure.isEmpty()) {
                log.atInfo()
                        .setMessage("a namespace's cache is warm")
                        .addKeyValue("namespace", namespace.name())
                        .addKeyValue("collection", what.collection())
                        .addKeyValue("rows", kept)
                        .log();
            } else {
                log.atWarn()
                        .setMessage("a namespace's cache is not warm; its rows are read as asked")
                        .addKeyValue("namespace", namespace.name())
                        .addKeyValue("collection", what.collection())
                        .addKeyValue("rows", kept)
                        .setCause(failure.get())
                        .log();
            }
        }
    }
}
