package io.prism.bench.load;

import java.util.Base64;
import java.util.Locale;

/**
 * What rows hold: their id in twelve digits, then text that no compression shrinks much and every
 * run with the same seed repeats. Immutable.
 */
public final class RowTexts {
    /** Characters the id takes. */
    public static final int ID = 12;

    private final String filling;

    /**
     * @param length of a row's text in characters, each a byte; more than {@link #ID}
     */
    public RowTexts(long seed, int length) {
        String random =
                Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(Payloads.random(seed, length - ID));
        this.filling = random.substring(0, length - ID);
    }

    /** What stands behind the id in every row. */
    public String filling() {
        return filling;
    }

    public String of(long id) {
        return String.format(Locale.ROOT, "%0" + ID + "d", id) + filling;
    }

    /** Whether it is that row's text. */
    public boolean is(long id, String text) {
        return text.length() == ID + filling.length()
                && text.startsWith(filling, ID)
                && Long.parseLong(text, 0, ID, 10) == id;
    }
}
