package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a row's key is made of its columns: {@code user:{id}:profile}, and for a change of the row
 * {@code user:{after.id}:profile}, which means the same column. Both make the same key of the same
 * row, as long as both are given the same text for a value: {@link KeyText} says which.
 *
 * <p>Two rows never share a key. With one placeholder the value stands as it is; with several,
 * everything in a value but letters, digits, {@code _} and {@code .} is percent-encoded, so that no
 * value can reach into its neighbour.
 */
public final class KeyTemplate {
    /** Longer keys are not cached. In bytes of UTF-8. */
    public static final int LONGEST_KEY = 1024;

    private static final Pattern BRACES = Pattern.compile("\\{([^{}]*)}");
    private static final Pattern COLUMN =
            Pattern.compile("(?:(after|before)\\.)?([a-zA-Z_][a-zA-Z0-9_]*)");
    private static final Pattern SEPARATES = Pattern.compile(".*[^A-Za-z0-9_.%].*", Pattern.DOTALL);

    /** Cannot be in an encoded value, where a percent sign is followed by two digits. */
    private static final String END = "%;";

    private final String text;
    private final List<String> literals;
    private final List<Placeholder> placeholders;

    private KeyTemplate(String text, List<String> literals, List<Placeholder> placeholders) {
        this.text = text;
        this.literals = List.copyOf(literals);
        this.placeholders = List.copyOf(placeholders);
    }

    private enum Image {
        EITHER,
        AFTER,
        BEFORE
    }

    private record Placeholder(Image image, String column) {}

    /**
     * @throws IllegalArgumentException where braces do not match, name no column, or are missing
     */
    public static KeyTemplate parse(String text) {
        List<String> literals = new ArrayList<>();
        List<Placeholder> placeholders = new ArrayList<>();
        Matcher each = BRACES.matcher(text);
        int from = 0;
        while (each.find()) {
            Matcher column = COLUMN.matcher(each.group(1));
            if (!column.matches()) {
                throw new IllegalArgumentException(
                        "{" + each.group(1) + "} names no column, such as {id} or {after.id}");
            }
            literals.add(text.substring(from, each.start()));
            Image image =
                    column.group(1) == null
                            ? Image.EITHER
                            : column.group(1).equals("after") ? Image.AFTER : Image.BEFORE;
            placeholders.add(new Placeholder(image, column.group(2)));
            from = each.end();
        }
        literals.add(text.substring(from));
        if (placeholders.isEmpty()) {
            throw new IllegalArgumentException("a key template needs a column, such as {id}");
        }
        for (String literal : literals) {
            if (literal.indexOf('{') >= 0 || literal.indexOf('}') >= 0) {
                throw new IllegalArgumentException("a brace is without its other half");
            }
        }
        return new KeyTemplate(text, literals, placeholders);
    }

    /**
     * What a namespace has that gives none: {@code collection:{id}}.
     *
     * @param idColumns at least one, called whatever columns may be called
     */
    public static KeyTemplate byDefault(String collection, List<String> idColumns) {
        List<String> literals = new ArrayList<>();
        List<Placeholder> placeholders = new ArrayList<>();
        StringBuilder text = new StringBuilder(collection);
        for (String column : idColumns) {
            literals.add(literals.isEmpty() ? collection + ":" : ":");
            placeholders.add(new Placeholder(Image.EITHER, column));
            text.append(":{").append(column).append('}');
        }
        literals.add("");
        return new KeyTemplate(text.toString(), literals, placeholders);
    }

    /** The columns it is made of, in order, without {@code after.} and {@code before.}. */
    public Set<String> columns() {
        Set<String> columns = new LinkedHashSet<>();
        placeholders.forEach(placeholder -> columns.add(placeholder.column()));
        return columns;
    }

    /** Whether both make the same key of every row. */
    public boolean sameKeysAs(KeyTemplate other) {
        return literals.equals(other.literals)
                && placeholders.stream()
                        .map(Placeholder::column)
                        .toList()
                        .equals(other.placeholders.stream().map(Placeholder::column).toList());
    }

    /**
     * The key of a row.
     *
     * @param column a column's value as {@link KeyText} writes it, or null where the row has none
     * @return empty where a column has no value, or the key would be longer than {@link
     *     #LONGEST_KEY}: such a row is not cached
     */
    public Optional<String> render(Function<String, @Nullable String> column) {
        return rendered(placeholder -> column.apply(placeholder.column()));
    }

    /**
     * The keys that a change makes stale: the row's key before it and its key after it, which are
     * one unless the change moved the row. Where one image lacks a column (a DELETE has no after,
     * and without REPLICA IDENTITY FULL an UPDATE's before holds the primary key at most), the
     * other image's value stands in for it.
     *
     * @param before the columns before the change; empty for an INSERT, or where it is not known
     * @param after the columns after the change; empty for a DELETE
     */
    public Set<String> keys(
            Map<String, @Nullable String> before, Map<String, @Nullable String> after) {
        Set<String> keys = new LinkedHashSet<>();
        rendered(placeholder -> first(after, before, placeholder)).ifPresent(keys::add);
        rendered(placeholder -> first(before, after, placeholder)).ifPresent(keys::add);
        return keys;
    }

    private static @Nullable String first(
            Map<String, @Nullable String> image,
            Map<String, @Nullable String> other,
            Placeholder placeholder) {
        String value = image.get(placeholder.column());
        return value != null ? value : other.get(placeholder.column());
    }

    private Optional<String> rendered(Function<Placeholder, @Nullable String> values) {
        StringBuilder key = new StringBuilder(literals.getFirst());
        for (int i = 0; i < placeholders.size(); i++) {
            String value = values.apply(placeholders.get(i));
            if (value == null) {
                return Optional.empty();
            }
            if (placeholders.size() == 1) {
                key.append(value);
            } else {
                key.append(encoded(value));
                boolean last = i == placeholders.size() - 1;
                if (!last && !SEPARATES.matcher(literals.get(i + 1)).matches()) {
                    key.append(END);
                }
            }
            key.append(literals.get(i + 1));
        }
        String made = key.toString();
        return made.length() > LONGEST_KEY || made.getBytes(UTF_8).length > LONGEST_KEY
                ? Optional.empty()
                : Optional.of(made);
    }

    private static String encoded(String value) {
        StringBuilder out = new StringBuilder(value.length());
        for (byte b : value.getBytes(UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || c == '_'
                    || c == '.') {
                out.append(c);
            } else {
                out.append('%')
                        .append(Character.forDigit(c >> 4, 16))
                        .append(Character.forDigit(c & 15, 16));
            }
        }
        return out.toString();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}
