package io.prism.gateway.reader;

import io.prism.core.database.SqlErrors;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.TableName;
import java.sql.SQLException;

/** What PostgreSQL has against a read. */
final class ReadFaults {
    private ReadFaults() {}

    static PrismException of(SQLException failure, TableName collection, TimeLeft left) {
        return switch (String.valueOf(failure.getSQLState())) {
            // Not as it was when it was looked at.
            case "42P01", "42703" -> changed(failure, collection);
            case "57014" -> left.late("reading collection " + collection, failure);
            case "42883", "42804" ->
                    new PrismException(
                                    ErrorCode.FILTER_INVALID,
                                    "collection "
                                            + collection
                                            + " has a column whose type cannot be compared in this"
                                            + " way",
                                    failure)
                            .with("collection", collection);
            default ->
                    String.valueOf(failure.getMessage()).contains("cached plan")
                            ? changed(failure, collection)
                            : SqlErrors.of(failure, "reading collection " + collection)
                                    .with("collection", collection);
        };
    }

    private static PrismException changed(SQLException failure, TableName collection) {
        return new PrismException(
                        ErrorCode.CONCURRENT_CHANGE,
                        "collection " + collection + " is being changed; try again",
                        failure)
                .with("collection", collection);
    }
}
