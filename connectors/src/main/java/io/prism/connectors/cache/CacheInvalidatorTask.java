package io.prism.connectors.cache;

import io.prism.connectors.cache.StaleKeys.Stale;
import io.prism.connectors.cdc.Change;
import io.prism.core.cache.FencedCache;
import io.prism.core.cache.FencedCacheSettings;
import io.prism.core.cache.RedisConfig;
import io.prism.core.cache.RedisServers;
import io.prism.core.cache.Tokens;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.connect.errors.ConnectException;
import org.apache.kafka.connect.errors.RetriableException;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One task of a {@link CacheInvalidatorSink}. */
public final class CacheInvalidatorTask extends SinkTask {
    private static final Logger log = LoggerFactory.getLogger(CacheInvalidatorTask.class);
    private static final long RETRY_MILLIS = 100;
    private static final Duration WARN_EVERY = Duration.ofSeconds(30);

    /** Beyond the time that each of a few steps may take by itself. */
    private static final int STEPS = 4;

    private final Clock clock;
    private @Nullable Running running;
    private Instant warned = Instant.EPOCH;

    private record Running(
            NamespaceName namespace,
            StaleKeys staleKeys,
            RedisServers servers,
            FencedCache cache,
            Duration timeout,
            InvalidatorMetrics metrics) {}

    /** For Connect. */
    public CacheInvalidatorTask() {
        this(Clock.systemUTC());
    }

    CacheInvalidatorTask(Clock clock) {
        this.clock = clock;
    }

    @Override
    public void start(Map<String, String> properties) {
        InvalidatorConfig config = new InvalidatorConfig(properties);
        RedisServers servers = new RedisServers(config.redis());
        running =
                new Running(
                        config.namespace(),
                        new StaleKeys(config.template(), config.operations()),
                        servers,
                        new FencedCache(
                                servers.get(RedisConfig.DEFAULT),
                                FencedCacheSettings.DEFAULT,
                                new Tokens(UUID.randomUUID())),
                        config.timeout().multipliedBy(STEPS),
                        InvalidatorMetrics.of(
                                context, config.namespace().value(), config.consumer()));
    }

    /** Returns when Redis has confirmed; until then no offset is committed. */
    @Override
    public void put(Collection<SinkRecord> records) {
        if (records.isEmpty()) {
            return;
        }
        Running here = Objects.requireNonNull(running, "not started");
        List<Change> changes = new ArrayList<>(records.size());
        for (SinkRecord record : records) {
            read(record, here).ifPresent(changes::add);
        }
        Stale stale = here.staleKeys().of(changes);
        if (stale.changes() == 0) {
            return;
        }
        confirm(here, stale);
        here.metrics().applied(stale, changes, clock.instant());
    }

    private static Optional<Change> read(SinkRecord record, Running here) {
        try {
            return Optional.of(Change.of(record));
        } catch (PrismException e) {
            here.metrics().unreadable();
            log.atWarn()
                    .setMessage("a record of the topic is skipped: it is no change of a row")
                    .addKeyValue("topic", record.topic())
                    .addKeyValue("partition", record.kafkaPartition())
                    .addKeyValue("offset", record.kafkaOffset())
                    .addKeyValue("problem", e.getMessage())
                    .log();
            return Optional.empty();
        }
    }

    /** What makes everything stale comes first: then no single key can be forgotten by it. */
    private void confirm(Running here, Stale stale) {
        stale.all().ifPresent(all -> warn(here, all.why()));
        CompletableFuture<Void> cleared =
                stale.all()
                        .map(all -> here.cache().clear(here.namespace(), all.at()))
                        .orElseGet(() -> CompletableFuture.completedFuture(null));
        try {
            cleared.thenCompose(
                            done ->
                                    here.cache()
                                            .invalidate(
                                                    here.namespace(), List.copyOf(stale.keys())))
                    .get(here.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectException("interrupted", e);
        } catch (ExecutionException | TimeoutException e) {
            here.metrics().failed();
            context.timeout(RETRY_MILLIS);
            Throwable cause =
                    e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            throw new RetriableException(
                    "Redis did not confirm "
                            + stale.keys().size()
                            + " invalidations of namespace "
                            + here.namespace()
                            + "; they are tried again: "
                            + cause.getMessage(),
                    cause);
        }
    }

    private void warn(Running here, String why) {
        Instant now = clock.instant();
        if (now.isAfter(warned.plus(WARN_EVERY))) {
            warned = now;
            log.atWarn()
                    .setMessage("a namespace's whole cache is cleared")
                    .addKeyValue("namespace", here.namespace())
                    .addKeyValue("reason", why)
                    .log();
        }
    }

    @Override
    public void stop() {
        Running here = running;
        running = null;
        if (here != null) {
            here.metrics().close();
            here.servers().close();
        }
    }

    /** The version of the jar this runs from. */
    @Override
    public String version() {
        return new CacheInvalidatorSink().version();
    }
}
