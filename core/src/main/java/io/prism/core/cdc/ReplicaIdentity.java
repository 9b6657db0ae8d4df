package io.prism.core.cdc;

import io.prism.core.database.Sql;
import io.prism.core.replication.Publications.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the log tells of a row before it was changed or deleted.
 *
 * @param kind PostgreSQL's word: default, nothing, full or index
 * @param columns all of the table's
 * @param key the primary key's; empty where there is none
 * @param told the columns whose old values the log has
 */
public record ReplicaIdentity(String kind, Set<String> columns, Set<String> key, Set<String> told) {
    private static final String COLUMNS =
            "SELECT a.attname FROM pg_attribute a WHERE a.attrelid = to_regclass(?)"
                    + " AND a.attnum > 0 AND NOT a.attisdropped";

    private static final String INDEXED =
            "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid"
                    + " AND a.attnum = ANY (i.indkey) WHERE i.indrelid = to_regclass(?) AND ";

    public ReplicaIdentity {
        columns = Set.copyOf(columns);
        key = Set.copyOf(key);
        told = Set.copyOf(told);
    }

    /** Of a table, partitioned or not; empty if there is none of that name. */
    public static Optional<ReplicaIdentity> of(Connection connection, Table table)
            throws SQLException {
        String name = table.quoted();
        List<String> found =
                Sql.all(
                        connection,
                        "SELECT CASE relreplident WHEN 'd' THEN 'default' WHEN 'n' THEN 'nothing'"
                                + " WHEN 'f' THEN 'full' ELSE 'index' END FROM pg_class"
                                + " WHERE oid = to_regclass(?) AND relkind IN ('r', 'p')",
                        name);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        String kind = found.getFirst();
        Set<String> columns = Set.copyOf(Sql.all(connection, COLUMNS, name));
        Set<String> key = Set.copyOf(Sql.all(connection, INDEXED + "i.indisprimary", name));
        Set<String> told =
                switch (kind) {
                    case "full" -> columns;
                    case "default" -> key;
                    case "index" ->
                            Set.copyOf(Sql.all(connection, INDEXED + "i.indisreplident", name));
                    default -> Set.of();
                };
        return Optional.of(new ReplicaIdentity(kind, columns, key, told));
    }

    /** Whether changed and deleted rows can be told from others, by these columns. */
    boolean tells(Set<String> needed) {
        return !told.isEmpty() && told.containsAll(needed);
    }
}
