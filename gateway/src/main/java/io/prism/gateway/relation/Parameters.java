package io.prism.gateway.relation;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Binds what {@link ColumnText} makes of values. */
public final class Parameters {
    private Parameters() {}

    /**
     * @param first the place of the first value, counted from 1
     * @param values text, bytes, or null
     */
    public static void bind(
            PreparedStatement statement, int first, List<? extends @Nullable Object> values)
            throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            bind(statement, first + i, values.get(i));
        }
    }

    /**
     * The same, with texts as texts, which a cast then reads: the driver need not ask the server
     * for types, and sends several statements in one go also once they are prepared.
     */
    public static void bindTexts(
            PreparedStatement statement, int first, List<? extends @Nullable Object> values)
            throws SQLException {
        for (int i = 0; i < values.size(); i++) {
            switch (values.get(i)) {
                case null -> statement.setNull(first + i, Types.VARCHAR);
                case byte[] bytes -> statement.setBytes(first + i, bytes);
                case Object text -> statement.setString(first + i, text.toString());
            }
        }
    }

    private static void bind(PreparedStatement statement, int place, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(place, Types.OTHER);
            case byte[] bytes -> statement.setBytes(place, bytes);
            default -> statement.setObject(place, value, Types.OTHER);
        }
    }
}
