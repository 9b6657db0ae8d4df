package io.prism.core.spec.yaml;

import io.prism.core.spec.yaml.YamlProblem.Kind;
import java.util.Locale;
import java.util.Optional;

/** The text before it is parsed: its size and its characters. One pass, no copies. */
final class YamlText {
    private YamlText() {}

    static Optional<YamlProblem> problem(String text) {
        if (text.length() > YamlReader.MAX_BYTES) {
            return Optional.of(tooLarge());
        }
        int line = 1;
        int column = 1;
        long bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
            if (bytes > YamlReader.MAX_BYTES) {
                return Optional.of(tooLarge());
            }
            if (!isReadable(c)) {
                return Optional.of(
                        new YamlProblem(
                                Kind.CHARACTER,
                                "The character "
                                        + name(c)
                                        + " cannot stand in a document"
                                        + (c == 0xFFFD ? ": the text was not UTF-8" : ""),
                                name(c),
                                "remove it, and save the document as UTF-8 text",
                                new Place(line, column)));
            }
            if (c == '\n' || c == '\r' && !text.startsWith("\n", i + 1)) {
                line++;
                column = 1;
            } else {
                column++;
            }
            i += Character.charCount(c);
        }
        return Optional.empty();
    }

    private static boolean isReadable(int c) {
        return switch (c) {
            case '\t', '\n', '\r', 0x85, 0xFEFF -> true;
            case 0xFFFD, 0xFFFE, 0xFFFF -> false;
            default -> c >= 0x20 && !(c >= 0x7F && c <= 0x9F) && !(c >= 0xD800 && c <= 0xDFFF);
        };
    }

    private static String name(int c) {
        return String.format(Locale.ROOT, "U+%04X", c);
    }

    private static YamlProblem tooLarge() {
        return new YamlProblem(
                Kind.TOO_LARGE,
                "The document is larger than " + YamlReader.MAX_BYTES + " bytes",
                "",
                "split it into several documents",
                Place.NONE);
    }
}
