package io.prism.core.replication;

import io.prism.core.database.Sql;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** Replication slots for pgoutput, and the lock under which they come and go. */
public final class Slots {
    /** The key of the advisory lock: "prism" in ASCII. */
    public static final long LOCK = 0x70_72_69_73_6dL;

    private static final String DUPLICATE_OBJECT = "42710";
    private static final String TOO_MANY = "53400";
    private static final String NOT_ALLOWED = "42501";
    private static final String TIMED_OUT = "57014";

    private Slots() {}

    /**
     * Throws unless rows can be read from the write-ahead log.
     *
     * @param otherwise what else could be done, to end the sentence with
     */
    public static void requireLogical(Connection connection, String database, String otherwise)
            throws SQLException {
        requireLogical(Sql.first(connection, "SHOW wal_level"), database, otherwise);
    }

    static void requireLogical(String walLevel, String database, String otherwise) {
        if (!walLevel.toLowerCase(Locale.ROOT).equals("logical")) {
            throw refused(
                    database,
                    "has wal_level "
                            + walLevel
                            + ", so committed rows cannot be read from its log: set wal_level ="
                            + " logical and restart PostgreSQL"
                            + otherwise);
        }
    }

    /**
     * Makes a slot that is not there; one that is missing waits for transactions that are open now.
     *
     * @param connection in auto-commit
     * @param database by the name that namespaces use
     * @throws PrismException why the database refuses, and the remedy
     */
    public static void make(Connection connection, String database, String slot)
            throws SQLException {
        List<String> owner =
                Sql.all(
                        connection,
                        "SELECT database = current_database() FROM pg_replication_slots"
                                + " WHERE slot_name = ?",
                        slot);
        if (!owner.isEmpty()) {
            if (!"t".equals(owner.getFirst())) {
                throw refused(
                        database,
                        "needs a replication slot "
                                + slot
                                + ", and another database of that server has one of this name:"
                                + " configure the database under another name");
            }
            return;
        }
        try {
            Sql.run(connection, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')", slot);
        } catch (SQLException e) {
            switch (String.valueOf(e.getSQLState())) {
                case DUPLICATE_OBJECT -> {
                    // Somebody else was faster.
                }
                case TOO_MANY ->
                        throw refused(
                                database,
                                "has no replication slot left for "
                                        + slot
                                        + ": raise max_replication_slots, or drop one nobody"
                                        + " reads");
                case NOT_ALLOWED ->
                        throw refused(
                                database,
                                "does not let this user make replication slot "
                                        + slot
                                        + ": ALTER ROLE … REPLICATION, or make it with"
                                        + " pg_create_logical_replication_slot('"
                                        + slot
                                        + "', 'pgoutput')");
                case TIMED_OUT ->
                        throw new PrismException(
                                ErrorCode.DATABASE_UNAVAILABLE,
                                "database "
                                        + database
                                        + " cannot make replication slot "
                                        + slot
                                        + " while a transaction goes on that began before; try"
                                        + " again when it has ended",
                                e);
                default -> throw e;
            }
        }
    }

    /**
     * Drops a slot, if it is there, and what goes with it, unless somebody reads or needs it.
     *
     * @param connection in auto-commit, and again when this returns
     * @param unneeded asked while nobody can prepare
     * @param rest removes what goes with the slot
     * @return whether there is nothing of it now
     */
    public static boolean drop(
            Connection connection, String slot, BooleanSupplier unneeded, Sql.Work rest)
            throws SQLException {
        AtomicBoolean gone = new AtomicBoolean();
        locked(
                connection,
                () -> {
                    boolean read =
                            SlotStatus.of(connection, slot).filter(SlotStatus::active).isPresent();
                    if (read || !unneeded.getAsBoolean()) {
                        return;
                    }
                    Sql.run(
                            connection,
                            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                                    + " WHERE slot_name = ? AND database = current_database()",
                            slot);
                    rest.run();
                    gone.set(true);
                });
        return gone.get();
    }

    /**
     * Runs while nobody else prepares or drops; the lock goes with the connection, too.
     *
     * @param connection in auto-commit, and again when the work returns or throws
     */
    public static void locked(Connection connection, Sql.Work work) throws SQLException {
        Sql.run(connection, "SELECT pg_advisory_lock(" + LOCK + ")");
        try {
            work.run();
        } catch (SQLException | RuntimeException e) {
            try {
                unlock(connection);
            } catch (SQLException gone) {
                e.addSuppressed(gone);
            }
            throw e;
        }
        unlock(connection);
    }

    private static void unlock(Connection connection) throws SQLException {
        Sql.run(connection, "SELECT pg_advisory_unlock(" + LOCK + ")");
    }

    /** DATABASE_REFUSED with what stands in the way and the remedy. */
    public static PrismException refused(String database, String why) {
        return new PrismException(ErrorCode.DATABASE_REFUSED, "database " + database + " " + why)
                .with("database", database);
    }
}
