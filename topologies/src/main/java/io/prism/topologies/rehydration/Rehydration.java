package io.prism.topologies.rehydration;

import io.prism.core.spec.DataSize;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.apache.kafka.streams.KafkaClientSupplier;
import org.apache.kafka.streams.Topology;

/**
 * The topology together with the clients it must run with, for one process. Runs exactly once per
 * record for read-committed readers under {@code exactly_once_v2} and the classic group protocol.
 */
public final class Rehydration {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

    private final Topology topology;
    private final ReadAheadClients clients;
    private final Budget budget;

    /**
     * @param routes which topics, changed by others while it runs
     * @param blocking runs work that waits, a thread each
     * @param memory for payloads from their download until the producer has them
     * @param urlValidity how long the URLs of payloads that stay in storage can be used
     */
    public Rehydration(
            RouteTable routes,
            Executor blocking,
            DataSize memory,
            Duration urlValidity,
            RehydrationMetrics metrics) {
        Rehydrator rehydrator = new Rehydrator(blocking, urlValidity, FIRST_PAUSE, metrics);
        this.budget = new Budget(memory.bytes());
        Prepared prepared = new Prepared(budget);
        this.topology = RehydrationTopology.build(routes, rehydrator, prepared, metrics);
        this.clients = new ReadAheadClients(routes, rehydrator, budget, prepared);
    }

    public Topology topology() {
        return topology;
    }

    public KafkaClientSupplier clients() {
        return clients;
    }

    /** Records read and not let through yet: they or one before them wait for a payload. */
    public int heldRecords() {
        return clients.held();
    }

    /** Memory in use for payloads. */
    public long heldBytes() {
        return budget.used();
    }
}
