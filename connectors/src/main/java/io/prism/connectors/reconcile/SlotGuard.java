package io.prism.connectors.reconcile;

import io.prism.core.database.Databases;
import io.prism.core.database.SqlErrors;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches how much of its log each database keeps for Prism's slot. A slot that nobody reads holds
 * the log until the disk is full; this says so in time, and never drops one.
 */
public final class SlotGuard implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SlotGuard.class);
    private static final Duration WARN_EVERY = Duration.ofMinutes(1);
    private static final Duration STOP = Duration.ofSeconds(3);
    private static final int QUERY_SECONDS = 5;

    /** One GiB. */
    public static final long BUDGET = 1L << 30;

    private final Databases databases;
    private final Supplier<List<WatchedSlot>> watched;
    private final long budget;
    private final Duration interval;
    private final Clock clock;
    private final Consumer<Map<String, SlotState>> listener;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Map<String, Instant> warned = new HashMap<>();
    private @Nullable Thread thread;
    private volatile Map<String, SlotState> states = Map.of();
    private volatile String problem = "";

    /**
     * @param watched the slots that are to be there
     * @param budget bytes a slot may hold before it is said
     * @param listener told after each look, on this one's thread; a database that could not be
     *     asked is missing
     */
    public SlotGuard(
            Databases databases,
            Supplier<List<WatchedSlot>> watched,
            long budget,
            Duration interval,
            Clock clock,
            Consumer<Map<String, SlotState>> listener) {
        this.databases = databases;
        this.watched = watched;
        this.budget = budget;
        this.interval = interval;
        this.clock = clock;
        this.listener = listener;
    }

    /** Begins to look, on a thread of its own. */
    public void start() {
        thread = Thread.ofPlatform().daemon().name("slot-guard").start(this::work);
    }

    private void work() {
        try {
            do {
                check();
            } while (!stop.await(interval.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once; blocks. */
    void check() {
        Map<String, SlotState> seen = new TreeMap<>();
        List<String> problems = new ArrayList<>();
        for (WatchedSlot slot : watched.get()) {
            try {
                Optional<SlotState> state = look(slot);
                state.ifPresent(found -> seen.put(slot.key(), found));
                problem(slot, state)
                        .ifPresent(
                                words -> {
                                    problems.add(words);
                                    warn(slot.key(), words);
                                });
            } catch (PrismException e) {
                problems.add("database " + slot.database() + " cannot be asked: " + e.getMessage());
                log.atDebug().setCause(e).log("a slot cannot be looked at");
            }
        }
        states = Collections.unmodifiableMap(seen);
        problem = String.join("; ", problems);
        listener.accept(states);
    }

    private Optional<SlotState> look(WatchedSlot watchedSlot) {
        String slot = watchedSlot.slot();
        try (Connection connection = databases.connect(watchedSlot.database());
                PreparedStatement query =
                        connection.prepareStatement(
                                "SELECT active, coalesce(wal_status, ''),"
                                        + " coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(),"
                                        + " restart_lsn), 0)::bigint,"
                                        + " coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(),"
                                        + " confirmed_flush_lsn), 0)::bigint"
                                        + " FROM pg_replication_slots WHERE slot_name = ?")) {
            query.setQueryTimeout(QUERY_SECONDS);
            query.setString(1, slot);
            try (ResultSet row = query.executeQuery()) {
                return row.next()
                        ? Optional.of(
                                new SlotState(
                                        watchedSlot.database(),
                                        watchedSlot.namespace(),
                                        slot,
                                        row.getLong(3),
                                        row.getLong(4),
                                        row.getBoolean(1),
                                        row.getString(2)))
                        : Optional.empty();
            }
        } catch (SQLException e) {
            throw SqlErrors.of(e, "looking at slot " + slot);
        }
    }

    private Optional<String> problem(WatchedSlot watchedSlot, Optional<SlotState> state) {
        String database = watchedSlot.database();
        if (state.isEmpty()) {
            return Optional.of(
                    "database "
                            + database
                            + " has no slot "
                            + watchedSlot.slot()
                            + ": what commits now is not relayed; creating the namespace, or a"
                            + " gateway's start, makes it");
        }
        SlotState slot = state.get();
        if (slot.lost()) {
            return Optional.of(
                    "slot "
                            + slot.slot()
                            + " of database "
                            + database
                            + " is lost: PostgreSQL has removed log it needed"
                            + " (max_slot_wal_keep_size); drop the slot and reset the offsets of"
                            + " connector "
                            + watchedSlot.connector()
                            + ", as docs/connect.md says");
        }
        if (slot.retained() <= budget) {
            return Optional.empty();
        }
        return Optional.of(
                "database "
                        + database
                        + " keeps "
                        + slot.retained()
                        + " bytes of its log for slot "
                        + slot.slot()
                        + ", more than the budget of "
                        + budget
                        + (slot.active()
                                ? ": its reader is behind, or a transaction has been open for long"
                                : ": nobody reads it. Look at connector "
                                        + watchedSlot.connector()
                                        + "; if no namespace needs it, drop the slot"));
    }

    private void warn(String key, String words) {
        Instant now = clock.instant();
        Instant before = warned.get(key);
        if (before == null || !now.isBefore(before.plus(WARN_EVERY))) {
            warned.put(key, now);
            log.atWarn()
                    .setMessage("a database's slot needs to be seen to")
                    .addKeyValue("slot", key)
                    .addKeyValue("problem", words)
                    .log();
        }
    }

    /** By {@link WatchedSlot#key}, as of the last look; one that could not be asked is missing. */
    public Map<String, SlotState> states() {
        return states;
    }

    /** What an operator should see to; empty if there is nothing. */
    public String problem() {
        return problem;
    }

    @Override
    public void close() {
        stop.countDown();
        Thread running = thread;
        if (running != null) {
            try {
                running.join(STOP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
