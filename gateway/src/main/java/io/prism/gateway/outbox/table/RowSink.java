package io.prism.gateway.outbox.table;

import java.sql.SQLException;
import java.util.List;

/** Where rows go; used by one thread. */
interface RowSink {
    /**
     * Inserts rows in this order and commits them together: all, or none and an exception. A row
     * whose id is there already is left out.
     *
     * @param again whether these rows may have been committed by an earlier call whose outcome is
     *     not known: what is found of them is then no duplicate
     * @return an outcome a row
     * @throws SQLException also when the outcome is not known
     * @throws io.prism.core.error.PrismException when there is no connection: then nothing is
     *     committed
     */
    List<Outcome> insert(List<NewRow> rows, boolean again) throws SQLException;
}
