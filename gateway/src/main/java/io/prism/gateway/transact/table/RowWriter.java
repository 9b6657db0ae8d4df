package io.prism.gateway.transact.table;

import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.DidYouMean;
import io.prism.gateway.relation.Catalogue;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.Column.Kind;
import io.prism.gateway.relation.Parameters;
import io.prism.gateway.relation.Said;
import io.prism.gateway.relation.Table;
import io.prism.gateway.relation.TableName;
import io.prism.v1.DataWrite;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes rows into declared tables, in a transaction of the caller's. Thread-safe. */
public final class RowWriter {
    private final Catalogue catalogue;

    /**
     * A row that was written, once the caller has committed.
     *
     * @param key the columns that name it, where something does
     * @param updated of an upsert, whether it was there before
     * @param position the end of the log when it was written
     * @param primaryKey the table's columns; empty where there is none
     */
    public record Written(Struct key, boolean updated, String position, List<String> primaryKey) {}

    public RowWriter(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    /**
     * @param declared the tables that may be written
     * @throws PrismException with what is wrong with the write, or with the database; the
     *     transaction can only be rolled back then
     */
    public Written write(
            Connection connection, String database, Set<TableName> declared, DataWrite write) {
        TableName name = declared(declared, write.getTable());
        try {
            try {
                return write(connection, table(connection, database, name), write);
            } catch (PrismException e) {
                // The table may have what is missed since it was looked at.
                if (mayHaveChanged(e) && catalogue.forget(database, name)) {
                    return write(connection, table(connection, database, name), write);
                }
                throw e;
            }
        } catch (SQLException e) {
            PrismException known = RowFaults.of(e, name);
            if (known.code() == ErrorCode.CONCURRENT_CHANGE) {
                catalogue.forget(database, name);
            }
            throw known;
        }
    }

    /** Of errors before any statement was run. */
    private static boolean mayHaveChanged(PrismException failure) {
        return failure.code() == ErrorCode.COLUMN_UNKNOWN
                || failure.code() == ErrorCode.FIELD_INVALID;
    }

    private Table table(Connection connection, String database, TableName name)
            throws SQLException {
        return catalogue
                .table(connection, database, name)
                .orElseThrow(
                        () ->
                                PrismException.ofField(
                                                ErrorCode.TABLE_UNKNOWN,
                                                "data.table",
                                                "table "
                                                        + name
                                                        + " is declared, but database "
                                                        + database
                                                        + " does not have it: make it there")
                                        .with("table", name)
                                        .with("database", database));
    }

    /**
     * @throws PrismException TABLE_UNKNOWN, with the tables there are
     */
    public static TableName declared(Set<TableName> declared, String written) {
        TableName name = TableName.of(written);
        if (declared.contains(name)) {
            return name;
        }
        List<String> allowed = new TreeSet<>(declared).stream().map(TableName::toString).toList();
        String meant = DidYouMean.suggestion(written, allowed);
        throw PrismException.ofField(
                        ErrorCode.TABLE_UNKNOWN,
                        "data.table",
                        allowed.isEmpty()
                                ? "the namespace declares no tables; declare those that"
                                        + " transactions may write under `tables`"
                                : "table "
                                        + Said.of(written)
                                        + " is not declared; the namespace's tables are "
                                        + String.join(", ", allowed)
                                        + (meant.isEmpty() ? "" : ": " + meant))
                .with("table", Said.of(written))
                .with("allowed", String.join(",", allowed));
    }

    private static Written write(Connection connection, Table table, DataWrite write)
            throws SQLException {
        RowStatement row = RowStatement.of(table, write);
        try (PreparedStatement statement = connection.prepareStatement(row.text())) {
            Parameters.bind(statement, 1, row.values());
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw row.needsRow() ? notThere(table.name()) : swallowed(table.name());
                }
                Struct.Builder key = Struct.newBuilder();
                int place = 1;
                for (Column column : row.key()) {
                    key.putFields(column.name(), value(column, result.getString(place++)));
                }
                String position = "pg:" + result.getString(place++);
                return new Written(
                        key.build(),
                        row.tellsUpdated() && result.getBoolean(place),
                        position,
                        table.primaryKey());
            }
        }
    }

    private static Value value(Column column, @Nullable String text) {
        Value.Builder value = Value.newBuilder();
        if (text == null) {
            return value.setNullValue(NullValue.NULL_VALUE).build();
        }
        return column.kind() == Kind.SMALL_INTEGER && !column.array()
                ? value.setNumberValue(Integer.parseInt(text)).build()
                : value.setStringValue(text).build();
    }

    private static PrismException notThere(TableName name) {
        return PrismException.ofField(
                        ErrorCode.ROW_NOT_FOUND,
                        "data.record",
                        "table " + name + " has no such row; nothing was written")
                .with("table", name);
    }

    private static PrismException swallowed(TableName name) {
        return new PrismException(
                        ErrorCode.DATABASE_REFUSED,
                        "table "
                                + name
                                + " took a row and does not have it: look for a trigger or a rule"
                                + " that drops rows")
                .with("table", name);
    }
}
