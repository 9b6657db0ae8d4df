package io.prism.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongUnaryOperator;
import javax.sql.DataSource;

/**
 * A prepared {@code SELECT} of one row by its primary key, each on a virtual thread and with a
 * connection from the pool; fails where the row is not what was written. Closing it waits for what
 * is under way.
 */
public final class SqlGets implements CallLoad.Call, AutoCloseable {
    private final DataSource pool;
    private final String select;
    private final RowTexts texts;
    private final LongUnaryOperator ids;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * @param pool the caller's to close
     * @param select takes an id, and answers with id, version and body
     * @param ids from a call's number to the row it asks for
     */
    public SqlGets(DataSource pool, String select, RowTexts texts, LongUnaryOperator ids) {
        this.pool = pool;
        this.select = select;
        this.texts = texts;
        this.ids = ids;
    }

    @Override
    public void start(long index, long due, CallLoad.Ended ended) {
        threads.execute(
                () -> {
                    boolean right;
                    try {
                        right = read(ids.applyAsLong(index));
                    } catch (SQLException e) {
                        ended.failed(String.valueOf(e.getMessage()));
                        return;
                    }
                    if (right) {
                        ended.fine();
                    } else {
                        ended.failed("a row is missing, or holds what was not written to it");
                    }
                });
    }

    private boolean read(long id) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(select)) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() && row.getLong("id") == id && texts.is(id, row.getString("body"));
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
