package io.prism.gateway.queue;

import io.prism.core.claim.Claim;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.backend.CommitPoint;
import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogEntry;
import io.prism.gateway.backend.LogPartition;
import io.prism.gateway.backend.LogReader;
import io.prism.gateway.backend.ReadRequest;
import io.prism.gateway.backend.TopicSelector;
import io.prism.gateway.namespace.RecordReader;
import io.prism.gateway.namespace.ServedNamespace;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.common.header.Headers;

/**
 * Puts dead letters back, oldest first within a partition, as far as they were there when it began.
 * A message that was put back too often goes to the end of the dead letters instead, so a run ends
 * and a message that always fails does not circle. Each copy is durable before the position passes
 * its original: a kill -9 in between puts a message back twice, never loses it. Used by one thread.
 */
public final class Redrive {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration JOIN = Duration.ofSeconds(20);
    private static final int DEFAULT_REDRIVES = 3;

    private final ServedNamespace namespace;
    private final QueueId queue;
    private final Rules rules;
    private final LogBackend backend;
    private final DeadLetters deadLetters;
    private final QueueMetrics metrics;
    private final Map<LogPartition, CommitPoint> positions = new HashMap<>();
    private long redriven;
    private long skipped;
    private long remaining;

    /**
     * @param rate messages a second; 0 does not limit
     * @param maxMessages 0 means all that are dead when it begins
     * @param maxRedrives a message put back so often already stays dead; 0 means 3
     */
    public record Rules(boolean dryRun, double rate, long maxMessages, int maxRedrives) {
        public Rules {
            if (rate < 0 || Double.isNaN(rate)) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID, "rate", "rate must not be negative");
            }
            if (maxMessages < 0) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        "max_messages",
                        "max_messages must not be negative");
            }
            if (maxRedrives < 0) {
                throw PrismException.ofField(
                        ErrorCode.FIELD_INVALID,
                        "max_redrives",
                        "max_redrives must not be negative");
            }
            maxRedrives = maxRedrives == 0 ? DEFAULT_REDRIVES : maxRedrives;
        }
    }

    /** How far it is. */
    public record Progress(long redriven, long skipped, long remaining, boolean done) {}

    Redrive(
            ServedNamespace namespace,
            QueueId queue,
            Rules rules,
            LogBackend backend,
            DeadLetters deadLetters,
            QueueMetrics metrics) {
        this.namespace = namespace;
        this.queue = queue;
        this.rules = rules;
        this.backend = backend;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /** The group whose positions say which dead letters have been put back. */
    static String group(QueueId queue) {
        return QueueId.prefix(queue.namespace()) + queue.topic() + ".redrive";
    }

    /**
     * Runs to the end. Blocks.
     *
     * @param progress told now and then, and at the end
     * @param cancelled asked before each message
     */
    public void run(Consumer<Progress> progress, BooleanSupplier cancelled) {
        Optional<String> dead = namespace.knownDeadLetterTopic(queue.topic());
        remaining = dead.map(topic -> backend.unread(topic, group(queue))).orElse(0L);
        long most = rules.maxMessages() == 0 ? remaining : Math.min(remaining, rules.maxMessages());
        if (rules.dryRun() || most == 0) {
            progress.accept(new Progress(0, 0, remaining, true));
            return;
        }
        try (LogReader reader =
                backend.read(
                        new ReadRequest.AsMember(
                                new TopicSelector.Exact(dead.orElseThrow()),
                                group(queue),
                                new Owned()))) {
            move(reader, most, progress, cancelled);
        }
        progress.accept(new Progress(redriven, skipped, remaining, true));
    }

    private void move(
            LogReader reader, long most, Consumer<Progress> progress, BooleanSupplier cancelled) {
        String logTopic = namespace.logTopic(queue.topic());
        long began = System.nanoTime();
        long seen = began;
        while (redriven + skipped < most && !cancelled.getAsBoolean()) {
            List<LogEntry> entries = reader.poll(POLL);
            if (!entries.isEmpty()) {
                seen = System.nanoTime();
            } else if (System.nanoTime() - seen > JOIN.toNanos()) {
                throw new PrismException(
                        ErrorCode.CONCURRENT_CHANGE,
                        "the dead letters of "
                                + queue.topic()
                                + " are not handed to this redrive: another one runs; try again"
                                + " when it is done");
            }
            for (LogEntry entry : entries) {
                if (redriven + skipped >= most || cancelled.getAsBoolean()) {
                    break;
                }
                pace(began);
                one(logTopic, entry);
                positions.put(entry.place(), new CommitPoint(entry.offset() + 1, ""));
                remaining--;
            }
            if (!positions.isEmpty()) {
                reader.commit(Map.copyOf(positions), true);
                positions.clear();
                progress.accept(new Progress(redriven, skipped, remaining, false));
            }
        }
    }

    private void pace(long began) {
        if (rules.rate() <= 0) {
            return;
        }
        long due = began + (long) ((redriven + skipped) / rules.rate() * 1e9);
        long wait = due - System.nanoTime();
        if (wait > 0) {
            try {
                TimeUnit.NANOSECONDS.sleep(wait);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(ErrorCode.CANCELLED, "interrupted", e);
            }
        }
    }

    private void one(String logTopic, LogEntry entry) {
        int before = QueueHeaders.number(entry.headers(), QueueHeaders.REDRIVES);
        Headers headers = QueueHeaders.copy(entry.headers());
        try {
            if (before >= rules.maxRedrives()) {
                deadLetters.append(entry.topic(), entry, headers).join();
                skipped++;
                return;
            }
            for (String name :
                    List.of(
                            QueueHeaders.REASON,
                            QueueHeaders.AT,
                            QueueHeaders.FROM,
                            QueueHeaders.GROUP,
                            QueueHeaders.DEAD_DELIVERIES)) {
                headers.remove(name);
            }
            QueueHeaders.set(headers, QueueHeaders.REDRIVES, Integer.toString(before + 1));
            Optional<Claim> claim =
                    RecordReader.read(namespace, queue.topic(), entry, 0).message().head().claim();
            claim.ifPresent(c -> namespace.journal().announce(c, queue.topic()).join());
            deadLetters.append(logTopic, entry, headers).join();
            claim.ifPresent(c -> namespace.journal().unheld(c.id(), entry.topic()).join());
            redriven++;
            metrics.redriven.increment();
        } catch (CompletionException e) {
            if (e.getCause() instanceof PrismException known) {
                throw known;
            }
            throw e;
        }
    }

    /** What was moved is committed as it goes; at a revocation there is nothing to add. */
    private final class Owned implements ReadRequest.Assignments {
        @Override
        public void assigned(LogPartition partition, Optional<CommitPoint> from) {}

        @Override
        public Map<LogPartition, CommitPoint> revoked(Collection<LogPartition> partitions) {
            Map<LogPartition, CommitPoint> theirs = new HashMap<>();
            partitions.forEach(
                    p -> Optional.ofNullable(positions.get(p)).ifPresent(c -> theirs.put(p, c)));
            return theirs;
        }

        @Override
        public void lost(Collection<LogPartition> partitions) {}
    }
}
