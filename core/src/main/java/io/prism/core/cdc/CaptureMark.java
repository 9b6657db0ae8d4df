package io.prism.core.cdc;

import io.prism.core.database.Sql;
import io.prism.core.replication.Publications.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose a capture is, as the comment on its table of signals says. It is there before the slot is,
 * so that whoever finds a slot that nobody reads can tell whether it may go, whatever has become of
 * the process that was to drop it.
 *
 * @param owner the Kafka cluster that has the namespace
 */
public record CaptureMark(String owner, String namespace) {
    private static final Pattern TEXT =
            Pattern.compile("Prism captures namespace (\\S+) of Kafka cluster (\\S+)");

    private static final String COMMENT =
            "SELECT obj_description(to_regclass(?), 'pg_class')"
                    + " WHERE obj_description(to_regclass(?), 'pg_class') IS NOT NULL";

    /** The names of a capture's slot and table differ in what they begin with. */
    private static final String IDLE =
            "SELECT obj_description(to_regclass(quote_ident(?) || '.'"
                    + " || quote_ident(? || substr(slot_name, length(?) + 1))), 'pg_class')"
                    + " FROM pg_replication_slots WHERE NOT active"
                    + " AND database = current_database() AND starts_with(slot_name, ?)";

    @Override
    public String toString() {
        return "Prism captures namespace " + namespace + " of Kafka cluster " + owner;
    }

    private static Optional<CaptureMark> parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        return matcher.matches()
                ? Optional.of(new CaptureMark(matcher.group(2), matcher.group(1)))
                : Optional.empty();
    }

    /** On a table of this user's; another's stays as it is. */
    static void put(Connection connection, Table signals, CaptureMark mark) throws SQLException {
        List<String> before = Sql.all(connection, COMMENT, signals.quoted(), signals.quoted());
        if (!before.contains(mark.toString())
                && Sql.exists(
                        connection,
                        "SELECT 1 FROM pg_class WHERE oid = to_regclass(?)"
                                + " AND pg_has_role(relowner, 'USAGE')",
                        signals.quoted())) {
            Sql.run(
                    connection,
                    "COMMENT ON TABLE "
                            + signals.quoted()
                            + " IS '"
                            + mark.toString().replace("'", "''")
                            + "'");
        }
    }

    /** Those of a database whose slot nobody reads now, by namespace. */
    public static List<String> idle(Connection connection, String owner) throws SQLException {
        List<String> namespaces = new ArrayList<>();
        for (String comment :
                Sql.all(
                        connection,
                        IDLE,
                        Capture.signals("").schema(),
                        Capture.signals("").name(),
                        Capture.slot(""),
                        Capture.slot(""))) {
            parse(comment)
                    .filter(mark -> mark.owner().equals(owner))
                    .ifPresent(mark -> namespaces.add(mark.namespace()));
        }
        return namespaces;
    }
}
