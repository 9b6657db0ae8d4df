package io.prism.gateway.outbox.table;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.sweep.OtherReferences;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The outbox tables this gateway writes: one writer a table, whatever the number of namespaces that
 * share it, as long as one of them is open. Thread-safe.
 */
public final class Outboxes implements AutoCloseable {
    private static final long TICK_MILLIS = 500;

    private final Databases databases;
    private final OutboxSettings settings;
    private final Clock clock;
    private final Executor blocking;
    private final OutboxSchema schema;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Place, Shared> open = new HashMap<>();

    /**
     * @param table empty where messages are in the log only
     */
    private record Place(String database, Optional<OutboxTable> table) {
        static Place of(PatternSpec.Outbox spec) {
            return new Place(
                    spec.database(),
                    OutboxTable.isNone(spec)
                            ? Optional.empty()
                            : Optional.of(OutboxTable.of(spec)));
        }

        @Override
        public String toString() {
            return table.map(t -> "table " + t.label()).orElse("the log")
                    + " of database "
                    + database;
        }
    }

    /**
     * @param databases none of whose statements runs longer than the settings' timeout
     * @param cluster the id of the Kafka cluster that rows are relayed to; blocks
     * @param blocking runs each task on a virtual thread of its own
     */
    public Outboxes(
            Databases databases,
            OutboxSettings settings,
            Supplier<String> cluster,
            Clock clock,
            ScheduledExecutorService scheduler,
            Executor blocking) {
        this.databases = databases;
        this.settings = settings;
        this.clock = clock;
        this.blocking = blocking;
        this.schema = new OutboxSchema(databases, cluster);
        var unused =
                scheduler.scheduleWithFixedDelay(
                        this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Makes and removes what the rows need. */
    public OutboxSchema schema() {
        return schema;
    }

    /**
     * A namespace's way into the table it declares; does not touch the network.
     *
     * @param meters what the namespace's outbox counts in
     */
    public Outbox open(String namespace, PatternSpec.Outbox spec, MeterRegistry meters) {
        Place place = Place.of(spec);
        lock.lock();
        try {
            Shared shared = open.computeIfAbsent(place, Shared::new);
            Membership membership = new Membership(namespace, meters);
            return new Way(shared, membership, shared.join(membership));
        } finally {
            lock.unlock();
        }
    }

    /** What refers to a namespace's claims before its records do; empty where nothing can. */
    public Optional<OtherReferences> references(NamespaceSpec namespace) {
        return namespace
                .pattern(PatternSpec.Outbox.class)
                .map(
                        outbox ->
                                OutboxTable.isNone(outbox)
                                        ? unseen(namespace)
                                        : new RowReferences(
                                                databases,
                                                outbox.database(),
                                                OutboxTable.of(outbox)));
    }

    private static OtherReferences unseen(NamespaceSpec namespace) {
        return referenced -> {
            throw new PrismException(
                            ErrorCode.BACKEND_REFUSED,
                            "namespace "
                                    + namespace.name()
                                    + " cannot be swept: its messages are in the database's log"
                                    + " only, where nothing tells which claims they refer to; those"
                                    + " are deleted at their ttl")
                    .with("namespace", namespace.name());
        };
    }

    /**
     * What the database says of a namespace's outbox; blocks.
     *
     * @throws PrismException that the namespace has none, or why the database does not answer
     */
    public OutboxStatus status(NamespaceSpec namespace) {
        PatternSpec.Outbox outbox =
                namespace
                        .pattern(PatternSpec.Outbox.class)
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                        ErrorCode.BACKEND_REFUSED,
                                                        "namespace "
                                                                + namespace.name()
                                                                + " has no outbox; the pattern"
                                                                + " outbox gives it one")
                                                .with("namespace", namespace.name().value()));
        Place place = Place.of(outbox);
        boolean alone;
        lock.lock();
        try {
            Shared shared = open.get(place);
            alone = shared == null || shared.members.size() <= 1;
        } finally {
            lock.unlock();
        }
        return StatusQuery.ask(databases, namespace.name().value(), outbox, alone);
    }

    /** What is wrong with a database that is written to; empty if nothing is. */
    public String problem() {
        return all().stream()
                .flatMap(shared -> shared.sampler.stream())
                .map(OutboxSampler::problem)
                .filter(problem -> !problem.isEmpty())
                .sorted()
                .findFirst()
                .orElse("");
    }

    private JoiningSink sink(Place place) {
        return place.table()
                .<JoiningSink>map(table -> new JdbcRows(databases, place.database(), table))
                .orElseGet(() -> new JdbcMessages(databases, place.database(), clock));
    }

    private List<Shared> all() {
        lock.lock();
        try {
            return List.copyOf(open.values());
        } finally {
            lock.unlock();
        }
    }

    private void tick() {
        all().forEach(
                        shared ->
                                shared.sampler.ifPresent(
                                        sampler -> blocking.execute(sampler::maybe)));
    }

    @Override
    public void close() {
        all().forEach(shared -> shared.writer.stop());
    }

    /** What namespaces with one table share. All but the writer and the sampler under the lock. */
    private final class Shared {
        private final Place place;
        private final JoiningSink sink;
        private final OutboxWriter writer;
        private final Optional<OutboxSampler> sampler;
        private final Map<Membership, Member> members = new HashMap<>();

        Shared(Place place) {
            this.place = place;
            this.sink = sink(place);
            this.writer =
                    new OutboxWriter(place.toString(), sink, settings, System::nanoTime, blocking);
            this.sampler =
                    place.table()
                            .map(
                                    table ->
                                            new OutboxSampler(
                                                    databases,
                                                    place.database(),
                                                    table,
                                                    settings.sampling(),
                                                    this::metrics));
            Thread.ofPlatform()
                    .daemon()
                    .name(
                            "outbox-"
                                    + place.database()
                                    + "-"
                                    + place.table().map(OutboxTable::name).orElse("log"))
                    .start(writer);
        }

        OutboxMetrics join(Membership membership) {
            Member member =
                    members.computeIfAbsent(
                            membership,
                            its -> new Member(new OutboxMetrics(its.namespace(), its.meters())));
            member.ways++;
            return member.metrics;
        }

        void leave(Membership membership) {
            Member member = members.get(membership);
            if (member != null && --member.ways == 0) {
                members.remove(membership);
                member.metrics.close();
            }
            if (members.isEmpty()) {
                open.remove(place);
                writer.end();
            }
        }

        Map<String, OutboxMetrics> metrics() {
            lock.lock();
            try {
                Map<String, OutboxMetrics> metrics = new TreeMap<>();
                members.forEach(
                        (membership, member) ->
                                metrics.put(membership.namespace(), member.metrics));
                return metrics;
            } finally {
                lock.unlock();
            }
        }
    }

    /** A namespace, and where it counts: elsewhere, once that option has changed. */
    private record Membership(String namespace, MeterRegistry meters) {}

    /** A namespace; twice for a moment when it is served anew. */
    private static final class Member {
        private final OutboxMetrics metrics;
        private int ways;

        Member(OutboxMetrics metrics) {
            this.metrics = metrics;
        }
    }

    private final class Way implements Outbox {
        private final Shared shared;
        private final Membership membership;
        private final OutboxMetrics metrics;
        private final AtomicBoolean closed = new AtomicBoolean();

        Way(Shared shared, Membership membership, OutboxMetrics metrics) {
            this.shared = shared;
            this.membership = membership;
            this.metrics = metrics;
        }

        @Override
        public CompletableFuture<Committed> write(NewRow row) {
            return shared.writer.write(row, metrics);
        }

        @Override
        public Committed join(Connection connection, NewRow row) throws SQLException {
            return shared.sink.join(connection, row);
        }

        @Override
        public void joined(int rows) {
            for (int i = 0; i < rows; i++) {
                metrics.inserted();
            }
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                lock.lock();
                try {
                    shared.leave(membership);
                } finally {
                    lock.unlock();
                }
            }
        }
    }
}
