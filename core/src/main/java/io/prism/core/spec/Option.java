package io.prism.core.spec;

import java.util.List;
import java.util.Optional;

/**
 * One option of a pattern, a backend or a namespace: the same description reads it, checks it and
 * documents it.
 *
 * @param name with dots for nesting: {@code storage.bucket}
 * @param defaultText what holds when it is not given; empty where nothing does
 * @param defaultNote where the default depends on other things, what it is, for people
 * @param aliases other names at the pattern's own level: {@code bucket}
 */
record Option<T>(
        String name,
        ValueType<T> type,
        boolean required,
        Optional<String> defaultText,
        Optional<String> defaultNote,
        String meaning,
        String example,
        List<String> aliases) {

    static <T> Option<T> of(String name, ValueType<T> type, String meaning, String example) {
        return new Option<>(
                name, type, false, Optional.empty(), Optional.empty(), meaning, example, List.of());
    }

    Option<T> mandatory() {
        return new Option<>(name, type, true, defaultText, defaultNote, meaning, example, aliases);
    }

    Option<T> defaults(String text) {
        return new Option<>(
                name, type, required, Optional.of(text), defaultNote, meaning, example, aliases);
    }

    /** Says what holds when it is not given, where the one who uses the option decides. */
    Option<T> otherwise(String note) {
        return new Option<>(
                name, type, required, defaultText, Optional.of(note), meaning, example, aliases);
    }

    Option<T> alias(String... names) {
        return new Option<>(
                name, type, required, defaultText, defaultNote, meaning, example, List.of(names));
    }

    /** The default as a value. */
    Optional<T> defaultValue() {
        if (defaultText.isEmpty()) {
            return Optional.empty();
        }
        if (!(type instanceof ValueType.Scalar<T> scalar)) {
            throw new IllegalStateException("only single values have defaults: " + name);
        }
        return Optional.of(
                scalar.parse(defaultText.get())
                        .asOptional()
                        .orElseThrow(() -> new IllegalStateException("the default of " + name)));
    }
}
