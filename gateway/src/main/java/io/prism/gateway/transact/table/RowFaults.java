package io.prism.gateway.transact.table;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.TableName;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What PostgreSQL has against a row. Messages name constraints and columns, never values. */
final class RowFaults {
    private static final String NOT_NULL = "23502";
    private static final String FOREIGN_KEY = "23503";
    private static final String UNIQUE = "23505";
    private static final String CHECK = "23514";

    private RowFaults() {}

    static PrismException of(SQLException failure, TableName table) {
        String state = String.valueOf(failure.getSQLState());
        String constraint = constraint(failure);
        return switch (state) {
            case UNIQUE ->
                    constrained(
                            failure,
                            ErrorCode.ROW_EXISTS,
                            table,
                            constraint,
                            "has a row already that is the same by unique constraint "
                                    + constraint
                                    + ": write another, or use upsert");
            case FOREIGN_KEY ->
                    constrained(
                            failure,
                            ErrorCode.CONSTRAINT_VIOLATED,
                            table,
                            constraint,
                            "would break foreign key "
                                    + constraint
                                    + ": the row referred to is not there, or is still referred"
                                    + " to");
            case CHECK ->
                    constrained(
                            failure,
                            ErrorCode.CONSTRAINT_VIOLATED,
                            table,
                            constraint,
                            "does not take the row: it breaks constraint " + constraint);
            case NOT_NULL -> missing(failure, table);
            // Not as it was when it was looked at.
            case "42P01", "42703", "42804", "42P10" -> changed(failure, table);
            default ->
                    words(failure).startsWith("cached plan")
                            ? changed(failure, table)
                            : SqlErrors.of(failure, "writing to table " + table)
                                    .with("table", table);
        };
    }

    private static PrismException constrained(
            SQLException failure, ErrorCode code, TableName table, String constraint, String what) {
        return new PrismException(
                        code, "table " + table + " " + what + "; nothing was written", failure)
                .with("table", table)
                .with("constraint", constraint);
    }

    private static PrismException changed(SQLException failure, TableName table) {
        return new PrismException(
                        ErrorCode.CONCURRENT_CHANGE,
                        "table " + table + " is being changed; nothing was written, try again",
                        failure)
                .with("table", table);
    }

    private static String words(SQLException failure) {
        ServerErrorMessage server = server(failure);
        return server == null ? "" : String.valueOf(server.getMessage());
    }

    private static PrismException missing(SQLException failure, TableName table) {
        ServerErrorMessage server = server(failure);
        String column = server == null ? "?" : String.valueOf(server.getColumn());
        return new PrismException(
                        ErrorCode.VALUE_INVALID,
                        "column "
                                + column
                                + " of table "
                                + table
                                + " must have a value; nothing was written",
                        "data.record." + column,
                        failure)
                .with("table", table)
                .with("column", column);
    }

    private static String constraint(SQLException failure) {
        ServerErrorMessage server = server(failure);
        String name = server == null ? null : server.getConstraint();
        return name == null ? "(unnamed)" : name;
    }

    private static @Nullable ServerErrorMessage server(SQLException failure) {
        return failure instanceof PSQLException known ? known.getServerErrorMessage() : null;
    }
}
