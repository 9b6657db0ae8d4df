package io.prism.core.spec;

import java.util.regex.Pattern;

/**
 * A namespace's name: 1 to 63 lower-case letters, digits, hyphens or underscores, beginning with a
 * letter or digit. Without dots, so that {@code <namespace>.<topic>} can be told apart; the name
 * {@code prism} is Prism's own.
 */
public record NamespaceName(String value) implements Comparable<NamespaceName> {
    private static final Pattern VALID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");

    public NamespaceName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("not a namespace name: " + value);
        }
    }

    public static boolean isValid(String value) {
        return VALID.matcher(value).matches() && !value.equals("prism");
    }

    @Override
    public int compareTo(NamespaceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
