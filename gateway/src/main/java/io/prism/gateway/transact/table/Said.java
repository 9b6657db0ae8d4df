package io.prism.gateway.transact.table;

/** What a client said, for a message: short, and on one line. */
final class Said {
    private static final int LONGEST = 80;

    private Said() {}

    static String of(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return "`" + (plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain) + "`";
    }
}
