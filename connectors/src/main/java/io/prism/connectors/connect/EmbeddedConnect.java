package io.prism.connectors.connect;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.connect.cli.ConnectDistributed;
import org.apache.kafka.connect.runtime.Connect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A distributed worker inside this process, with the plugins of its class path. Its connectors,
 * offsets and states are in Kafka ({@code prism.connect.*}), so it continues where it, or a killed
 * one before it, left off. Needs connect-runtime and Debezium's connector on the class path.
 */
public final class EmbeddedConnect implements ConnectRuntime, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedConnect.class);
    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration GLANCE = Duration.ofMillis(50);

    private final Connect<?> worker;
    private final ConnectRest rest;
    private final URI url;
    private final CompletableFuture<String> died = new CompletableFuture<>();
    private volatile boolean closing;

    /**
     * Starts a worker and returns when it answers calls.
     *
     * @param bootstrap the Kafka cluster, {@code host:port,…}
     * @param host the address its REST API listens on
     * @throws PrismException BACKEND_UNAVAILABLE if it does not start within half a minute
     */
    public static EmbeddedConnect start(String bootstrap, String host, int port) {
        return new EmbeddedConnect(bootstrap, host, port);
    }

    private EmbeddedConnect(String bootstrap, String host, int port) {
        this.url = URI.create("http://" + host + ":" + port);
        this.rest = new ConnectRest(url, Duration.ofSeconds(10), Duration.ofSeconds(30), GLANCE);
        try {
            // Whoever owns this process decides when the worker stops, not a hook of its own.
            Exit.setShutdownHookAdder((name, hook) -> {});
            try {
                this.worker = new ConnectDistributed().startConnect(settings(bootstrap, url));
            } finally {
                Exit.resetShutdownHookAdder();
            }
        } catch (RuntimeException e) {
            rest.close();
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    "the Connect worker at " + url + " cannot start: " + e.getMessage(),
                    e);
        }
        Thread.ofPlatform().daemon().name("connect-watch").start(this::watch);
        try {
            awaitReady();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static Map<String, String> settings(String bootstrap, URI url) {
        Map<String, String> settings = new TreeMap<>();
        settings.put("bootstrap.servers", bootstrap);
        settings.put("listeners", url.toString());
        settings.put("rest.advertised.host.name", url.getHost());
        settings.put("rest.advertised.port", String.valueOf(url.getPort()));
        settings.put("group.id", "prism.connect");
        settings.put("config.storage.topic", "prism.connect.configs");
        settings.put("offset.storage.topic", "prism.connect.offsets");
        settings.put("status.storage.topic", "prism.connect.status");
        for (String storage : new String[] {"config", "offset", "status"}) {
            settings.put(storage + ".storage.replication.factor", "1");
        }
        settings.put("offset.storage.partitions", "1");
        settings.put("status.storage.partitions", "1");
        settings.put("offset.flush.interval.ms", "1000");
        settings.put("scheduled.rebalance.max.delay.ms", "0");
        // A killed worker's place in the group is free again after this.
        settings.put("session.timeout.ms", "6000");
        settings.put("heartbeat.interval.ms", "1000");
        settings.put("task.shutdown.graceful.timeout.ms", "2000");
        settings.put("plugin.discovery", "service_load");
        settings.put("key.converter", "org.apache.kafka.connect.storage.StringConverter");
        settings.put("value.converter", "org.apache.kafka.connect.converters.ByteArrayConverter");
        settings.put("enable.metrics.push", "false");
        return settings;
    }

    private void watch() {
        try {
            var task = Objects.requireNonNull(worker.herderTask());
            task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | CancellationException e) {
            log.atWarn().setMessage("the Connect worker ended").setCause(e).log();
        }
        if (!closing) {
            died.complete("the Connect worker ended; its log says why");
        }
    }

    /** The API answers only once the worker has joined its group. */
    private void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        while (true) {
            try {
                rest.connectors();
                return;
            } catch (PrismException e) {
                if (System.nanoTime() > deadline || died.isDone()) {
                    throw e;
                }
            }
            try {
                TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
            }
        }
    }

    /** Where its REST API is. */
    public URI url() {
        return url;
    }

    /** Completes with a sentence when the worker ends and nobody has closed it. */
    public CompletableFuture<String> died() {
        return died;
    }

    @Override
    public Map<String, Map<String, String>> connectors() {
        return rest.connectors();
    }

    @Override
    public void put(String name, Map<String, String> config) {
        rest.put(name, config);
    }

    @Override
    public void delete(String name) {
        rest.delete(name);
    }

    @Override
    public Optional<ConnectorStatus> status(String name) {
        return rest.status(name);
    }

    @Override
    public void resume(String name) {
        rest.resume(name);
    }

    @Override
    public void restartFailed(String name) {
        rest.restartFailed(name);
    }

    /** Stops connectors, which have written their offsets then, and the worker. Idempotent. */
    @Override
    public void close() {
        closing = true;
        try {
            worker.stop();
            worker.awaitStop();
        } finally {
            rest.close();
        }
    }
}
