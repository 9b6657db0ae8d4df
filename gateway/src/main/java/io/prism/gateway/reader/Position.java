package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Places in a database's log: {@code pg:0/16B3748}; as numbers they are unsigned. */
public final class Position {
    private static final Pattern FORM = Pattern.compile("pg:([0-9A-Fa-f]{1,8})/([0-9A-Fa-f]{1,8})");
    private static final String PREFIX = "pg:";

    private Position() {}

    /**
     * Of a request; empty where it asks for none.
     *
     * @throws PrismException POSITION_INVALID
     */
    static OptionalLong asked(String text) {
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw PrismException.ofField(
                    ErrorCode.POSITION_INVALID,
                    "min_position",
                    "min_position is not a position in a database: give one as a write to the"
                            + " same database was answered with it, or none");
        }
        return OptionalLong.of(number(matcher.group(1), matcher.group(2)));
    }

    /**
     * @param lsn as PostgreSQL writes it
     */
    static long parse(String lsn) {
        int slash = lsn.indexOf('/');
        return number(lsn.substring(0, slash), lsn.substring(slash + 1));
    }

    private static long number(String high, String low) {
        return Long.parseLong(high, 16) << 32 | Long.parseLong(low, 16);
    }

    /** For a response. */
    static String text(long lsn) {
        return PREFIX
                + Long.toHexString(lsn >>> 32).toUpperCase(Locale.ROOT)
                + '/'
                + Long.toHexString(lsn & 0xFFFF_FFFFL).toUpperCase(Locale.ROOT);
    }

    /** Whether what is as new as one position is as new as another, where that is asked. */
    static boolean reaches(long position, OptionalLong asked) {
        return asked.isEmpty() || Long.compareUnsigned(position, asked.getAsLong()) >= 0;
    }
}
