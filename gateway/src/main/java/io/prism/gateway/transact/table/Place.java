package io.prism.gateway.transact.table;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A place in a mailbox: behind a row.
 *
 * @param transaction that inserted it
 * @param row among those of the table
 */
public record Place(long transaction, long row) implements Comparable<Place> {
    /** Before everything. */
    public static final Place START = new Place(0, 0);

    private static final Pattern TEXT = Pattern.compile("1-([0-9a-f]{1,15})-([0-9a-f]{1,15})");

    /** For clients, to whom it means nothing. */
    public String text() {
        return "1-" + Long.toHexString(transaction) + "-" + Long.toHexString(row);
    }

    /**
     * The inverse of {@link #text}; {@link #START} of nothing.
     *
     * @param field of the request, for the error
     */
    public static Place parse(String text, String field) {
        if (text.isEmpty()) {
            return START;
        }
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw PrismException.ofField(
                    ErrorCode.FIELD_INVALID,
                    field,
                    field + " is none of a mailbox's: pass what was answered, unchanged");
        }
        return new Place(
                Long.parseLong(matcher.group(1), 16), Long.parseLong(matcher.group(2), 16));
    }

    @Override
    public int compareTo(Place other) {
        int order = Long.compare(transaction, other.transaction);
        return order == 0 ? Long.compare(row, other.row) : order;
    }
}
