package io.prism.core.outbox;

import io.prism.core.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose a database's outbox slot is, as the comment on its publication says. It is there before the
 * slot is, so that whoever finds a slot that nobody reads can tell whether it may go, whatever has
 * become of the process that was to drop it.
 *
 * @param owner the Kafka cluster that has the namespaces
 * @param database by the name that namespaces use
 */
public record OutboxMark(String owner, String database) {
    private static final Pattern TEXT =
            Pattern.compile("Prism relays outboxes of database (\\S+) to Kafka cluster (\\S+)");

    private static final String COMMENT =
            "SELECT coalesce(obj_description(oid, 'pg_publication'), '')"
                    + " FROM pg_publication WHERE pubname = ?";

    private static final String OWN =
            "SELECT 1 FROM pg_publication WHERE pubname = ? AND pg_has_role(pubowner, 'USAGE')";

    private static final String IDLE =
            "SELECT 1 FROM pg_replication_slots WHERE NOT active"
                    + " AND database = current_database() AND slot_name = ?";

    @Override
    public String toString() {
        return "Prism relays outboxes of database " + database + " to Kafka cluster " + owner;
    }

    private static Optional<OutboxMark> parse(String comment) {
        Matcher found = TEXT.matcher(comment);
        return found.matches()
                ? Optional.of(new OutboxMark(found.group(2), found.group(1)))
                : Optional.empty();
    }

    /**
     * On a publication of this user's; another's stays as it is, and so does one that says
     * something else.
     */
    void put(Connection connection) throws SQLException {
        String before = Sql.first(connection, COMMENT, Replication.PUBLICATION);
        boolean free =
                before.isEmpty()
                        || parse(before)
                                .filter(mark -> mark.owner.equals(owner) && !mark.equals(this))
                                .isPresent();
        if (free && Sql.exists(connection, OWN, Replication.PUBLICATION)) {
            Sql.run(
                    connection,
                    "COMMENT ON PUBLICATION "
                            + Replication.PUBLICATION
                            + " IS '"
                            + toString().replace("'", "''")
                            + "'");
        }
    }

    /** Whether this mark is a database's, whose slot is there and read by nobody now. */
    public boolean isIdle(Connection connection) throws SQLException {
        return Sql.all(connection, COMMENT, Replication.PUBLICATION).contains(toString())
                && Sql.exists(connection, IDLE, Replication.slot(database));
    }
}
