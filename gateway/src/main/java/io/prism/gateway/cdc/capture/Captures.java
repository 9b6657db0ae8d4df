package io.prism.gateway.cdc.capture;

import io.prism.core.cdc.Capture;
import io.prism.core.cdc.CaptureSchema;
import io.prism.core.cdc.ReplicaIdentity;
import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.replication.Publications;
import io.prism.core.replication.SlotStatus;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Cdc;
import io.prism.gateway.backend.LogBackend;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What this gateway does about captures. Thread-safe; every call blocks. */
public final class Captures {
    private static final Logger logger = LoggerFactory.getLogger(Captures.class);

    /** Those that connectors can run. */
    private static final Set<String> CONSUMERS = Set.of(Capture.INVALIDATOR, Capture.WEBHOOK);

    /** A connector that runs as it should is gone after two or three seconds. */
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private static final Duration GLANCE = Duration.ofMillis(100);

    private final Databases databases;
    private final LogBackend log;
    private final TimeOrderedIds ids;

    /**
     * @param ids of signals
     */
    public Captures(Databases databases, LogBackend log, TimeOrderedIds ids) {
        this.databases = databases;
        this.log = log;
        this.ids = ids;
    }

    /**
     * Throws unless everything a capture declares can be run.
     *
     * @throws PrismException PATTERN_NOT_AVAILABLE, BACKEND_REFUSED
     */
    public void check(Capture capture) {
        if (capture.tables().isEmpty()) {
            throw new PrismException(
                    ErrorCode.BACKEND_REFUSED,
                    "namespace "
                            + capture.namespace()
                            + " has no table to capture: its outbox is without one; name tables in"
                            + " source.tables");
        }
        capture.consumers().stream()
                .filter(consumer -> !CONSUMERS.contains(consumer.type()))
                .findFirst()
                .ifPresent(
                        consumer -> {
                            throw new PrismException(
                                            ErrorCode.PATTERN_NOT_AVAILABLE,
                                            "consumer "
                                                    + consumer.name()
                                                    + " is valid, but this version of Prism cannot"
                                                    + " run the type "
                                                    + consumer.type()
                                                    + " yet: read topic "
                                                    + capture.topic()
                                                    + " itself")
                                    .with("namespace", capture.namespace())
                                    .with("consumer", consumer.name());
                        });
    }

    /** Makes what is missing in the database; idempotent. */
    public void prepare(Capture capture) {
        try (Connection connection = databases.connect(capture.database())) {
            CaptureSchema.prepare(connection, capture, log.clusterId());
        } catch (SQLException e) {
            throw SqlErrors.of(e, "preparing database " + capture.database());
        }
    }

    /**
     * Removes what was made in the database, unless somebody still reads it: then whoever ends the
     * connector does.
     */
    public void remove(Capture capture, BooleanSupplier unneeded) {
        try (Connection connection = databases.connect(capture.database())) {
            boolean unusedGone = CaptureSchema.drop(connection, capture.namespace(), unneeded);
        } catch (SQLException e) {
            throw SqlErrors.of(e, "removing the capture of namespace " + capture.namespace());
        }
    }

    /**
     * Waits until the connectors of a namespace that has gone have gone, too: one whose topic is
     * taken away while it commits its position in it, or writes to it, holds on to both for
     * minutes. Does not ask again after ten seconds.
     *
     * @throws PrismException CANCELLED
     */
    public void awaitUnread(Capture capture) {
        long deadline = System.nanoTime() + LEAVING.toNanos();
        while (isRead(capture)) {
            if (System.nanoTime() > deadline) {
                logger.atWarn()
                        .setMessage(
                                "a deleted namespace's changes are still read; is a process of role"
                                        + " connectors running?")
                        .addKeyValue("namespace", capture.namespace())
                        .log();
                return;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(GLANCE.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PrismException(
                        ErrorCode.CANCELLED,
                        "interrupted: namespace "
                                + capture.namespace()
                                + " was deleted, but its data stays",
                        e);
            }
        }
    }

    /** True, too, where that cannot be told now. */
    private boolean isRead(Capture capture) {
        try (Connection connection = databases.connect(capture.database())) {
            return SlotStatus.of(connection, capture.slot()).filter(SlotStatus::active).isPresent()
                    || capture.consumers().stream()
                            .anyMatch(consumer -> log.hasMembers(group(capture, consumer)));
        } catch (SQLException | PrismException e) {
            logger.atInfo()
                    .setMessage("cannot tell whether a deleted namespace's changes are still read")
                    .addKeyValue("namespace", capture.namespace())
                    .setCause(e)
                    .log();
            return true;
        }
    }

    /** As Connect names the group of a sink. */
    private static String group(Capture capture, Cdc.Consumer consumer) {
        return "connect-" + Capture.connector(capture.namespace(), consumer.name());
    }

    /**
     * How a namespace's capture does.
     *
     * @throws PrismException BACKEND_REFUSED where it has none, or why the database does not answer
     */
    public CdcStatus status(NamespaceSpec namespace) {
        Capture capture = capture(namespace);
        try (Connection connection = databases.connect(capture.database())) {
            List<CdcStatus.Table> tables = new ArrayList<>();
            for (Publications.Table table : capture.tables()) {
                Optional<ReplicaIdentity> identity = ReplicaIdentity.of(connection, table);
                tables.add(
                        new CdcStatus.Table(
                                table.label(),
                                identity.map(ReplicaIdentity::kind).orElse("missing"),
                                identity.map(ReplicaIdentity::key).orElse(Set.of()).stream()
                                        .sorted()
                                        .toList()));
            }
            return new CdcStatus(
                    capture.database(),
                    capture.topic(),
                    capture.snapshot().name().toLowerCase(Locale.ROOT),
                    tables,
                    consumers(capture),
                    SlotStatus.of(connection, capture.slot()));
        } catch (SQLException e) {
            throw SqlErrors.of(e, "asking for the capture of namespace " + namespace.name());
        }
    }

    private List<CdcStatus.Consumer> consumers(Capture capture) {
        return capture.consumers().stream()
                .map(
                        consumer ->
                                new CdcStatus.Consumer(
                                        consumer.name(),
                                        consumer.type(),
                                        consumer.operations(),
                                        log.unread(capture.topic(), group(capture, consumer))))
                .toList();
    }

    /**
     * What was asked.
     *
     * @param id of the signal
     * @param tables {@code schema.table}
     */
    public record Asked(String id, List<String> tables) {}

    /**
     * Asks for a snapshot of captured tables while changes go on.
     *
     * @param tables all, where none is named
     * @throws PrismException TABLE_UNKNOWN where one is not captured
     */
    public Asked snapshot(NamespaceSpec namespace, List<String> tables) {
        Capture capture = capture(namespace);
        String id = ids.next().toString();
        try (Connection connection = databases.connect(capture.database())) {
            return new Asked(
                    id,
                    CaptureSchema.snapshot(connection, capture, tables, id).stream()
                            .map(Publications.Table::label)
                            .toList());
        } catch (SQLException e) {
            throw SqlErrors.of(e, "asking for a snapshot of namespace " + namespace.name());
        }
    }

    private static Capture capture(NamespaceSpec namespace) {
        return Capture.of(namespace)
                .orElseThrow(
                        () ->
                                new PrismException(
                                                ErrorCode.BACKEND_REFUSED,
                                                "namespace "
                                                        + namespace.name()
                                                        + " captures nothing; the pattern cdc does")
                                        .with("namespace", namespace.name().value()));
    }
}
