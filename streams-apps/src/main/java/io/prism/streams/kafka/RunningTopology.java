package io.prism.streams.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.prism.streams.metrics.StreamsMetric;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A topology that is kept running: a thread that fails is replaced, and nothing it had not
 * committed is lost. If threads go on failing, it gives up.
 */
public final class RunningTopology implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RunningTopology.class);
    private static final Duration WITHIN = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration CLOSE = Duration.ofSeconds(4);

    private final TopologyPlan plan;
    private final KafkaStreams streams;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Gauge lag;
    private final Gauge running;
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Instant> failures = new ArrayDeque<>();
    private volatile boolean everRan;

    public RunningTopology(TopologyPlan plan, MeterRegistry meters, Clock clock) {
        this.plan = plan;
        this.meters = meters;
        this.clock = clock;
        this.streams =
                plan.clients()
                        .map(own -> new KafkaStreams(plan.topology(), plan.settings(), own))
                        .orElseGet(() -> new KafkaStreams(plan.topology(), plan.settings()));
        this.lag = StreamsMetric.LAG.gauge(meters, this::lagNow, "topology", plan.name());
        this.running =
                StreamsMetric.RUNNING.gauge(
                        meters,
                        () -> streams.state() == State.RUNNING ? 1 : 0,
                        "topology",
                        plan.name());
        streams.setUncaughtExceptionHandler(this::failed);
        streams.setStateListener(this::moved);
    }

    /** Returns at once; {@link #problem} says when it processes. */
    public void start() {
        streams.start();
    }

    private void moved(State now, State before) {
        log.atInfo()
                .setMessage("topology changes state")
                .addKeyValue("topology", plan.name())
                .addKeyValue("from", before)
                .addKeyValue("to", now)
                .log();
        everRan |= now == State.RUNNING;
        if (now == State.ERROR) {
            gaveUp.complete("topology " + plan.name() + " has failed for good; its log says why");
        }
    }

    private StreamThreadExceptionResponse failed(Throwable failure) {
        StreamsMetric.THREAD_FAILURES.counter(meters, "topology", plan.name()).increment();
        int recent = recentFailures();
        log.atError()
                .setMessage("a stream thread failed")
                .addKeyValue("topology", plan.name())
                .addKeyValue("recently", recent)
                .setCause(failure)
                .log();
        if (recent > plan.failures()) {
            gaveUp.complete(
                    "topology "
                            + plan.name()
                            + " failed "
                            + recent
                            + " times within "
                            + WITHIN.toMinutes()
                            + " minutes, last with: "
                            + failure);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        }
        pause();
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    /** On the failed thread, which has nothing else to do: not to spin while Kafka is away. */
    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int recentFailures() {
        lock.lock();
        try {
            Instant now = clock.instant();
            failures.addLast(now);
            while (failures.getFirst().isBefore(now.minus(WITHIN))) {
                failures.removeFirst();
            }
            return failures.size();
        } finally {
            lock.unlock();
        }
    }

    /** Why it processes nothing; empty when it does, and while it moves work to or from others. */
    public String problem() {
        State state = streams.state();
        return state == State.RUNNING || (everRan && state == State.REBALANCING)
                ? ""
                : "topology " + plan.name() + " is " + state;
    }

    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    /** Summed over the partitions this process has. */
    private double lagNow() {
        double sum = plan.held().getAsDouble();
        Map<MetricName, Metric> all = new HashMap<>(streams.metrics());
        for (Map.Entry<MetricName, Metric> entry : all.entrySet()) {
            MetricName metric = entry.getKey();
            if (metric.name().equals("records-lag")
                    && metric.tags().containsKey("partition")
                    && !metric.tags().getOrDefault("client-id", "").contains("restore")
                    && entry.getValue().metricValue() instanceof Double records
                    && !records.isNaN()) {
                sum += records;
            }
        }
        return sum;
    }

    /** Leaves the group, so that another process takes over at once. */
    @Override
    public void close() {
        boolean stopped =
                streams.close(
                        CloseOptions.timeout(CLOSE)
                                .withGroupMembershipOperation(
                                        CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        if (!stopped) {
            log.atWarn()
                    .setMessage(
                            "a topology did not stop in time; what it had not committed is done"
                                    + " again")
                    .addKeyValue("topology", plan.name())
                    .log();
        }
        meters.remove(lag);
        meters.remove(running);
    }
}
