package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.claim.lifecycle.ClaimCodec;
import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.LifecycleTopics;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.outbox.OutboxTopics;
import io.prism.core.outbox.RelayedRow;
import io.prism.topologies.outboxrelay.Routes.Resolution;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Row by row: relays it, knows it again, or says why it cannot be relayed.
 *
 * <p>A row whose namespace is not known waits in a store: the table of namespaces may be a moment
 * behind, and an application may insert before its namespace is created. It waits until the
 * namespaces are known up to a time after the row was read, and {@link #PATIENCE} at least; then it
 * is dead. Whenever the namespaces change, the waiting rows are tried, in order, before any other
 * row: so a row that can be relayed overtakes only rows that could not, and the rows of one
 * namespace leave in their database's order of commits. A row that is dead holds up nobody.
 *
 * <p>A dead row's id is not remembered: once its reason is mended and it is sent again, it is
 * relayed. A row that is known is reported as relayed again, should its stamp have been lost.
 */
final class OutboxRelayProcessor implements Processor<byte[], byte[], byte[], Emitted> {
    private static final Logger log = LoggerFactory.getLogger(OutboxRelayProcessor.class);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final Duration TICK = Duration.ofMillis(100);

    private final Supplier<Routes> routes;
    private final Destinations destinations;
    private final RelayMetrics metrics;
    private final Duration retention;
    private long triedVersion = -1;
    private @Nullable ProcessorContext<byte[], Emitted> context;
    private @Nullable RelayedIds ids;
    private @Nullable WaitingRows waiting;

    OutboxRelayProcessor(
            Supplier<Routes> routes,
            Destinations destinations,
            RelayMetrics metrics,
            Duration retention) {
        this.routes = routes;
        this.destinations = destinations;
        this.metrics = metrics;
        this.retention = retention;
    }

    @Override
    public void init(ProcessorContext<byte[], Emitted> given) {
        context = given;
        destinations.lookAgain();
        ids = new RelayedIds(given.getStateStore(RelayedIds.STORE), retention);
        waiting = new WaitingRows(given.getStateStore(OutboxRelayTopology.WAITING));
        given.schedule(TICK, PunctuationType.WALL_CLOCK_TIME, time -> retry(routes.get()));
    }

    private ProcessorContext<byte[], Emitted> context() {
        return Objects.requireNonNull(context);
    }

    private RelayedIds ids() {
        return Objects.requireNonNull(ids);
    }

    private WaitingRows waiting() {
        return Objects.requireNonNull(waiting);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        Routes now = routes.get();
        if (now.version() != triedVersion) {
            retry(now);
        }
        RecordMetadata at = context().recordMetadata().orElseThrow();
        Arrival row =
                Arrival.of(
                        OutboxTopics.database(at.topic()), context().currentSystemTimeMs(), record);
        if (!relay(row, now)) {
            waiting().add(row, at.offset());
        }
    }

    private void retry(Routes now) {
        triedVersion = now.version();
        if (!waiting().isEmpty()) {
            waiting().retry(row -> relay(row, now));
        }
    }

    /** False if the row must wait. */
    private boolean relay(Arrival arrival, Routes now) {
        String broken = arrival.headers().get(OutboxRow.ERROR);
        if (broken != null) {
            dead(arrival, code(broken), broken);
            return true;
        }
        OutboxRow row;
        try {
            row = OutboxRow.of(arrival.headers(), arrival.value());
        } catch (IllegalArgumentException e) {
            ErrorCode code = ErrorCode.RECORD_UNREADABLE;
            dead(arrival, code, code + ": the row cannot be read (" + e.getMessage() + ")");
            return true;
        }
        long millis = context().currentSystemTimeMs();
        if (ids().contains(arrival.database(), row.table(), row.id(), millis)) {
            metrics.duplicate(arrival.database());
            report(arrival.database(), row.table(), row.id(), null, millis);
            return true;
        }
        try {
            switch (now.resolve(arrival.database(), row)) {
                case Resolution.Found(OutboxRoute route) -> publish(arrival, row, route, millis);
                case Resolution.Unknown(PrismException why) -> {
                    if (mayStillBecomeKnown(arrival, now, millis)) {
                        return false;
                    }
                    throw why;
                }
            }
        } catch (PrismException why) {
            if (why.code().retryable() || why.code() == ErrorCode.CANCELLED) {
                throw why; // nothing is committed, and the thread begins again here
            }
            dead(arrival, why.code(), why.code() + ": " + why.getMessage());
        }
        return true;
    }

    private static boolean mayStillBecomeKnown(Arrival row, Routes now, long millis) {
        return millis - row.readAt() < PATIENCE.toMillis()
                || !now.knownUpTo().isAfter(Instant.ofEpochMilli(row.readAt()));
    }

    private void publish(Arrival arrival, OutboxRow row, OutboxRoute route, long millis) {
        Claim claim = MessageMaker.claim(row, route);
        Record<byte[], Emitted> message = MessageMaker.message(row, claim, route, millis);
        destinations.ensure(route.spec, message.value().topic());
        ids().add(arrival.database(), row.table(), row.id(), millis);
        if (claim != null && route.claimsFollowed) {
            announce(claim, row, route, millis);
        }
        context().forward(message, OutboxRelayTopology.DESTINATIONS);
        report(arrival.database(), row.table(), row.id(), null, millis);
        metrics.published(route.spec, row, Instant.ofEpochMilli(arrival.readAt()));
    }

    /**
     * In the message's own transaction: whoever reads the message can only acknowledge a claim that
     * is known. As of now, not as of the row: who subscribes before now gets the message.
     */
    private void announce(Claim claim, OutboxRow row, OutboxRoute route, long millis) {
        ClaimKey key = new ClaimKey(route.spec.name(), claim.id());
        ClaimEvent published =
                new ClaimEvent.Published(
                        key,
                        claim.key(),
                        Objects.requireNonNull(row.topic()),
                        Instant.ofEpochMilli(millis));
        context()
                .forward(
                        new Record<>(
                                ClaimCodec.key(key),
                                new Emitted(
                                        LifecycleTopics.EVENTS.name(), ClaimCodec.write(published)),
                                millis,
                                new RecordHeaders()),
                        OutboxRelayTopology.CLAIMS);
    }

    /** What never was a row of a table has nothing to be stamped. */
    private void report(
            String database, String table, UUID id, @Nullable String error, long millis) {
        if (table.isEmpty()) {
            return;
        }
        RelayedRow relayed = new RelayedRow(database, table, id, error);
        context()
                .forward(
                        new Record<>(
                                relayed.key().getBytes(UTF_8),
                                new Emitted(OutboxTopics.RELAYED.name(), relayed.toJson()),
                                millis,
                                new RecordHeaders()),
                        OutboxRelayTopology.RELAYED);
    }

    /** Of a row that its source found broken: {@code CODE: words}. */
    private static ErrorCode code(String error) {
        try {
            return ErrorCode.valueOf(error.substring(0, Math.max(0, error.indexOf(':'))));
        } catch (IllegalArgumentException unknown) {
            return ErrorCode.RECORD_UNREADABLE;
        }
    }

    private void dead(Arrival arrival, ErrorCode code, String error) {
        String table = arrival.headers().getOrDefault(OutboxRow.TABLE, "");
        String id = arrival.headers().getOrDefault(OutboxRow.ID, "");
        log.atWarn()
                .setMessage("a row cannot be relayed; it is in the dead letters")
                .addKeyValue("database", arrival.database())
                .addKeyValue("table", table)
                .addKeyValue("id", id)
                .addKeyValue("code", code)
                .log();
        metrics.dead(arrival.database(), code);
        Headers headers = new RecordHeaders();
        arrival.headers().forEach((name, value) -> headers.add(name, value.getBytes(UTF_8)));
        headers.remove(OutboxRow.ERROR).add(OutboxRow.ERROR, error.getBytes(UTF_8));
        long millis = context().currentSystemTimeMs();
        context()
                .forward(
                        new Record<>(
                                arrival.key(),
                                new Emitted(OutboxTopics.DEAD.name(), arrival.value()),
                                millis,
                                headers),
                        OutboxRelayTopology.DEAD);
        id(id).ifPresent(known -> report(arrival.database(), table, known, error, millis));
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException none) {
            return Optional.empty(); // there is no row to be marked
        }
    }
}
