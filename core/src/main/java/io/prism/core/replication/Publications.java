package io.prism.core.replication;

import io.prism.core.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Publications: which tables' rows, and which operations on them, a slot's reader is sent. */
public final class Publications {
    private Publications() {}

    /**
     * A table by its names in the catalogue, unquoted.
     *
     * @param schema such as {@code public}
     */
    public record Table(String schema, String name) {
        /** For SQL text. */
        public String quoted() {
            return quote(schema) + "." + quote(name);
        }

        /** {@code schema.table}, for people and as Debezium names it. */
        public String label() {
            return schema + "." + name;
        }
    }

    /** An identifier for SQL text. */
    public static String quote(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }

    /**
     * Makes a publication without tables where there is none, and makes one that is there, and is
     * this user's, publish these operations. DDL only where there is something to do.
     *
     * @param operations as PostgreSQL lists them: {@code insert, update}
     * @param viaRoot whether rows of partitions are published as their table's
     */
    public static void ensure(
            Connection connection, String publication, String operations, boolean viaRoot)
            throws SQLException {
        List<String> published =
                Sql.all(
                        connection,
                        "SELECT concat_ws(', ', CASE WHEN pubinsert THEN 'insert' END,"
                                + " CASE WHEN pubupdate THEN 'update' END,"
                                + " CASE WHEN pubdelete THEN 'delete' END,"
                                + " CASE WHEN pubtruncate THEN 'truncate' END)"
                                + " FROM pg_publication WHERE pubname = ?",
                        publication);
        if (published.isEmpty()) {
            Sql.run(
                    connection,
                    "CREATE PUBLICATION "
                            + quote(publication)
                            + " WITH (publish = '"
                            + operations
                            + (viaRoot ? "', publish_via_partition_root = true)" : "')"));
        } else if (!published.getFirst().equals(operations) && isOurs(connection, publication)) {
            Sql.run(
                    connection,
                    "ALTER PUBLICATION "
                            + quote(publication)
                            + " SET (publish = '"
                            + operations
                            + "')");
        }
    }

    /** One that an administrator made stays as it is. */
    private static boolean isOurs(Connection connection, String publication) throws SQLException {
        return Sql.exists(
                connection,
                "SELECT 1 FROM pg_publication WHERE pubname = ? AND pg_has_role(pubowner, 'USAGE')",
                publication);
    }

    /** Adds a table that is not in it yet. */
    public static void add(Connection connection, String publication, Table table)
            throws SQLException {
        if (!Sql.exists(
                connection,
                "SELECT 1 FROM pg_publication_tables WHERE pubname = ? AND schemaname = ?"
                        + " AND tablename = ?",
                publication,
                table.schema(),
                table.name())) {
            Sql.run(
                    connection,
                    "ALTER PUBLICATION " + quote(publication) + " ADD TABLE " + table.quoted());
        }
    }

    /** Makes it have these tables and no others; there must be at least one. */
    public static void set(Connection connection, String publication, Collection<Table> tables)
            throws SQLException {
        Set<String> wanted = new TreeSet<>();
        tables.forEach(table -> wanted.add(table.label()));
        Set<String> actual =
                new TreeSet<>(
                        Sql.all(
                                connection,
                                "SELECT schemaname || '.' || tablename FROM pg_publication_tables"
                                        + " WHERE pubname = ?",
                                publication));
        if (!wanted.equals(actual)) {
            Sql.run(
                    connection,
                    "ALTER PUBLICATION "
                            + quote(publication)
                            + " SET TABLE "
                            + tables.stream()
                                    .map(Table::quoted)
                                    .distinct()
                                    .collect(Collectors.joining(", ")));
        }
    }

    /** Forgets it; no error if there is none. */
    public static void drop(Connection connection, String publication) throws SQLException {
        Sql.run(connection, "DROP PUBLICATION IF EXISTS " + quote(publication));
    }
}
