package io.prism.gateway.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.prism.core.record.RecordFormat;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.StartAt;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.pattern.Receipt;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a message_id given twice within the window one message, also when the first was published
 * through another gateway or before a crash: the log itself is the memory. For each topic in which
 * clients give ids, one reader looks back over the window and then follows; a topic that gets none
 * for a whole window is let go. What remains is two gateways that get the same id within the few
 * milliseconds a record takes to come back. Thread-safe.
 */
public final class Deduplicator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Deduplicator.class);
    private static final long MAX_IDS = 1_000_000;
    private static final Duration POLL = Duration.ofMillis(200);

    private final LogBackend backend;
    private final Duration window;
    private final Clock clock;
    private final Cache<Key, CompletableFuture<Receipt>> receipts;
    private final Map<String, Follower> followers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public Deduplicator(LogBackend backend, Duration window, Clock clock) {
        this.backend = backend;
        this.window = window;
        this.clock = clock;
        this.receipts = Caffeine.newBuilder().expireAfterWrite(window).maximumSize(MAX_IDS).build();
    }

    private record Key(String topic, String id) {}

    /**
     * Publishes unless the id is known. A publish that failed is forgotten, so that it can be tried
     * again. May block while the topic is looked through for the first time.
     */
    CompletableFuture<Receipt> once(
            String topic,
            String id,
            Supplier<CompletableFuture<Receipt>> publish,
            Runnable whenDuplicate) {
        follow(topic).awaitCaughtUp();
        Key key = new Key(topic, id);
        CompletableFuture<Receipt> mine = new CompletableFuture<>();
        CompletableFuture<Receipt> earlier = receipts.asMap().putIfAbsent(key, mine);
        if (earlier != null) {
            whenDuplicate.run();
            return earlier.thenApply(Receipt::asDuplicate);
        }
        publish.get()
                .whenComplete(
                        (receipt, failure) -> {
                            if (failure == null) {
                                mine.complete(receipt);
                            } else {
                                receipts.asMap().remove(key, mine);
                                mine.completeExceptionally(failure);
                            }
                        });
        return mine;
    }

    private Follower follow(String topic) {
        return followers.compute(
                topic,
                (name, known) -> {
                    if (known != null && !known.ended()) {
                        known.usedAt = clock.instant();
                        return known;
                    }
                    return new Follower(name);
                });
    }

    @Override
    public void close() {
        closed = true;
    }

    /** Follows one topic on a thread of its own. */
    private final class Follower implements Runnable {
        private final String topic;
        private final CompletableFuture<@Nullable Void> caughtUp = new CompletableFuture<>();
        private final Thread thread;
        volatile Instant usedAt = clock.instant();

        Follower(String topic) {
            this.topic = topic;
            this.thread = Thread.ofPlatform().daemon().name("dedup-" + topic).start(this);
        }

        boolean ended() {
            return !thread.isAlive();
        }

        void awaitCaughtUp() {
            try {
                caughtUp.join();
            } catch (java.util.concurrent.CompletionException e) {
                throw e.getCause() instanceof RuntimeException cause ? cause : e;
            }
        }

        @Override
        public void run() {
            StartAt start = new StartAt.AtTime(clock.instant().minus(window));
            try (LogReader reader =
                    backend.read(new ReadRequest.Alone(new TopicSelector.Exact(topic), start))) {
                while (!closed
                        && (!caughtUp.isDone() || usedAt.plus(window).isAfter(clock.instant()))) {
                    reader.poll(caughtUp.isDone() ? POLL : Duration.ofMillis(20))
                            .forEach(this::remember);
                    if (!caughtUp.isDone() && reader.caughtUp()) {
                        caughtUp.complete(null);
                    }
                }
            } catch (RuntimeException e) {
                caughtUp.completeExceptionally(e);
                log.atWarn()
                        .setMessage(
                                "a topic cannot be followed for known message ids; starting over at its next use")
                        .addKeyValue("topic", topic)
                        .setCause(e)
                        .log();
            }
        }

        private void remember(LogEntry entry) {
            Header header = entry.headers().lastHeader(RecordFormat.ID);
            if (header != null && header.value() != null) {
                String id = new String(header.value(), UTF_8);
                receipts.asMap()
                        .putIfAbsent(
                                new Key(topic, id),
                                CompletableFuture.completedFuture(
                                        new Receipt(
                                                id,
                                                entry.partition(),
                                                entry.offset(),
                                                Instant.ofEpochMilli(entry.timestamp()),
                                                false)));
            }
        }
    }
}
