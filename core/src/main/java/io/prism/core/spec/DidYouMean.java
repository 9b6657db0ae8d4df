package io.prism.core.spec;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
public final class DidYouMean {
    private static final int LONGEST = 64;

    private DidYouMean() {}

    /** {@code did you mean `threshold`?}, or an empty text if nothing known is near. */
    public static String suggestion(String written, Collection<String> known) {
        return nearest(written, known).map(word -> "did you mean `" + word + "`?").orElse("");
    }

    static Optional<String> nearest(String written, Collection<String> known) {
        if (written.isEmpty() || written.length() > LONGEST) {
            return Optional.empty();
        }
        String plain = plain(written);
        return known.stream()
                .filter(word -> distance(plain, plain(word)) <= tolerance(word))
                .min(
                        Comparator.<String>comparingInt(word -> distance(plain, plain(word)))
                                .thenComparing(Comparator.naturalOrder()));
    }

    /** About one slip in three letters. */
    private static int tolerance(String word) {
        return Math.max(1, word.length() / 3);
    }

    /** Case and separators are slips that do not count: {@code batchSize} is batch_size. */
    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[-_ .]", "");
    }

    /** Insertions, deletions, replacements, and swaps of neighbours. */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            d[i][0] = i;
        }
        for (int j = 0; j <= b.length(); j++) {
            d[0][j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            for (int j = 1; j <= b.length(); j++) {
                int replaced = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] =
                        Math.min(
                                Math.min(d[i - 1][j] + 1, d[i][j - 1] + 1),
                                d[i - 1][j - 1] + replaced);
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
