package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;

/** Pieces of a document as messages quote them: one short line, without control characters. */
final class Shown {
    private static final int LONGEST = 60;

    private Shown() {}

    static String of(YamlNode node) {
        return of(node.describe());
    }

    static String of(String text) {
        StringBuilder shown = new StringBuilder();
        text.codePoints()
                .limit(LONGEST)
                .forEach(c -> shown.appendCodePoint(isPrintable(c) ? c : '?'));
        return text.codePointCount(0, text.length()) > LONGEST
                ? shown.append('…').toString()
                : shown.toString();
    }

    private static boolean isPrintable(int c) {
        return !Character.isISOControl(c)
                && Character.getType(c) != Character.FORMAT
                && Character.getType(c) != Character.SURROGATE
                && Character.getType(c) != Character.LINE_SEPARATOR
                && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
    }
}
