package io.prism.gateway.transact;

import com.google.protobuf.Struct;
import java.util.List;

/** Hears of rows that transactions of Prism's have committed. */
@FunctionalInterface
public interface CommittedRows {
    /** Nobody does. */
    CommittedRows UNHEARD = (database, rows) -> {};

    /**
     * @param table {@code table}, or {@code schema.table} where the schema is not public
     * @param key the columns that name the row, as WriteResponse has them; others may name it, too
     * @param primaryKey the table's columns; empty where there is none
     */
    record Row(String table, Struct key, List<String> primaryKey) {}

    /** Called before the caller is answered; may block for a moment, must not fail. */
    void committed(String database, List<Row> rows);
}
