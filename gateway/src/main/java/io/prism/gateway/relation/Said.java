package io.prism.gateway.relation;

/** What a client said, for a message: short, and on one line. */
public final class Said {
    private static final int LONGEST = 80;

    private Said() {}

    public static String of(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return "`" + (plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain) + "`";
    }
}
