package io.prism.gateway.transact;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.trace.Trace;
import io.prism.gateway.metrics.Metric;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.namespace.ServedNamespace;
import io.prism.gateway.relation.Catalogue;
import io.prism.gateway.transact.table.RowWriter;
import io.prism.gateway.transact.table.TransactSchema;
import io.prism.v1.ProcessMailboxRequest;
import io.prism.v1.ProcessMailboxResponse;
import io.prism.v1.ReadMailboxRequest;
import io.prism.v1.ReadMailboxResponse;
import io.prism.v1.TransactionOptions;
import io.prism.v1.WriteRequest;
import io.prism.v1.WriteResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Transactions of this gateway. Calls block. Thread-safe.
 *
 * <p>The relation to watch: {@code prism_transactions_open} stays below the connections there are;
 * where it does not, calls wait for each other.
 */
public final class Transact implements AutoCloseable {
    private static final Duration CLEANING = Duration.ofMinutes(1);
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private final NamespaceRegistry namespaces;
    private final TransactSettings settings;
    private final CommittedRows committed;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Executor blocking;
    private final Sessions single;
    private final Sessions interactive;
    private final RowWriter rows;
    private final Writes writes;
    private final Mailboxes mailboxes;
    private final KeyCleaner cleaner;

    /**
     * @param config of databases; their pools are this object's own
     * @param committed hears of rows that were written
     * @param blocking runs each task on a virtual thread of its own
     */
    public Transact(
            NamespaceRegistry namespaces,
            DatabaseConfig config,
            TransactSettings settings,
            CommittedRows committed,
            MeterRegistry meters,
            Clock clock,
            ScheduledExecutorService scheduler,
            Executor blocking) {
        this.namespaces = namespaces;
        this.settings = settings;
        this.committed = committed;
        this.meters = meters;
        this.clock = clock;
        this.blocking = blocking;
        Databases forSingle = pools(config, "prism-transact", settings.writers());
        this.single =
                new Sessions(forSingle, settings.writers(), settings.longest(), settings.longest());
        this.interactive =
                new Sessions(
                        pools(config, "prism-interactive", settings.interactive()),
                        settings.interactive(),
                        PATIENCE,
                        settings.longest());
        this.rows = new RowWriter(Catalogue.ofTables(System::nanoTime));
        this.writes = new Writes(single, rows, clock);
        this.mailboxes = new Mailboxes(single, rows, this::alone, settings.mailboxBytes());
        this.cleaner = new KeyCleaner(forSingle, settings.keyAge());
        Metric.TRANSACTIONS_OPEN.gauge(meters, single::open, "kind", "single");
        Metric.TRANSACTIONS_OPEN.gauge(meters, interactive::open, "kind", "interactive");
        var unused =
                scheduler.scheduleWithFixedDelay(
                        () -> blocking.execute(this::clean),
                        CLEANING.toMillis(),
                        CLEANING.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private Databases pools(DatabaseConfig config, String application, int size) {
        return new Databases(
                new DatabaseConfig(config.servers(), config.embedded(), size),
                application,
                Optional.of(settings.longest()));
    }

    /**
     * A transaction in one call.
     *
     * @param callLeft until the call's deadline, if it has one
     * @param trace the call's
     */
    public WriteResponse write(
            ServedNamespace namespace,
            WriteRequest request,
            Optional<Duration> callLeft,
            Trace trace) {
        return measured(
                namespace,
                () ->
                        writes.write(
                                TransactSpace.of(namespace, committed, trace),
                                request,
                                bounds(request.getOptions(), settings.writeTimeout(), callLeft)),
                response -> response.getReplayed() ? "replayed" : "committed");
    }

    public ReadMailboxResponse readMailbox(
            ServedNamespace namespace, ReadMailboxRequest request, Optional<Duration> callLeft) {
        return mailboxes.read(
                TransactSpace.of(namespace, committed, Trace.NONE),
                request,
                bounds(TransactionOptions.getDefaultInstance(), settings.writeTimeout(), callLeft));
    }

    public ProcessMailboxResponse processMailbox(
            ServedNamespace namespace,
            ProcessMailboxRequest request,
            Optional<Duration> callLeft,
            Trace trace) {
        return measured(
                namespace,
                () ->
                        mailboxes.process(
                                TransactSpace.of(namespace, committed, trace),
                                request,
                                bounds(request.getOptions(), settings.writeTimeout(), callLeft)),
                response -> "committed");
    }

    /** A transaction over many requests; it runs on a thread of its own. */
    public InteractiveTransaction begin(
            ServedNamespace namespace,
            InteractiveTransaction.Client client,
            Optional<Duration> callLeft,
            Trace trace) {
        InteractiveTransaction transaction =
                new InteractiveTransaction(
                        TransactSpace.of(namespace, committed, trace),
                        client,
                        interactive,
                        rows,
                        settings.idle(),
                        clock,
                        begin ->
                                bounds(
                                        begin.getOptions(),
                                        settings.interactiveTimeout(),
                                        callLeft));
        blocking.execute(
                () -> {
                    try {
                        var unused =
                                measured(
                                        namespace,
                                        transaction::transact,
                                        end ->
                                                switch (end) {
                                                    case COMMITTED -> "committed";
                                                    case ROLLED_BACK -> "rolled_back";
                                                });
                    } catch (RuntimeException e) {
                        client.fail(e);
                    }
                });
        return transaction;
    }

    private Bounds bounds(
            TransactionOptions options, Duration otherwise, Optional<Duration> callLeft) {
        return Bounds.of(options, otherwise, settings.longest(), callLeft, System::nanoTime);
    }

    private <T> T measured(
            ServedNamespace namespace, Supplier<T> transaction, Function<T, String> outcome) {
        long start = System.nanoTime();
        String ended = ErrorCode.INTERNAL.name();
        try {
            T result = transaction.get();
            ended = outcome.apply(result);
            return result;
        } catch (PrismException e) {
            ended = e.code().name();
            throw e;
        } finally {
            Metric.TRANSACTIONS
                    .counter(meters, "namespace", namespace.name(), "outcome", ended)
                    .increment();
            Metric.TRANSACTION_DURATION
                    .timer(meters, "namespace", namespace.name())
                    .record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
        }
    }

    /** Whether no other namespace has the same outbox table. */
    private boolean alone(NamespaceSpec namespace) {
        Optional<OutboxTable> table = TransactSchema.outbox(namespace);
        return namespaces.all().stream()
                .map(served -> served.plan().spec())
                .filter(other -> !other.name().equals(namespace.name()))
                .filter(other -> TransactSchema.outbox(other).equals(table))
                .noneMatch(other -> outboxDatabase(other).equals(outboxDatabase(namespace)));
    }

    private static Optional<String> outboxDatabase(NamespaceSpec namespace) {
        return namespace.pattern(PatternSpec.Outbox.class).map(PatternSpec.Outbox::database);
    }

    private void clean() {
        namespaces.all().stream()
                .map(served -> served.plan().spec())
                .filter(spec -> spec.api() == ClientApi.TRANSACT)
                .flatMap(spec -> spec.database().stream())
                .distinct()
                .forEach(cleaner::clean);
    }

    @Override
    public void close() {
        single.close();
        interactive.close();
    }
}
