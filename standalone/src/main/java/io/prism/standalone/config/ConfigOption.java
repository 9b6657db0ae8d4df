package io.prism.standalone.config;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One setting.
 *
 * @param key its name in a file, such as {@code grpc.port}; one that has {@link #NAME} in it is an
 *     option of each thing the file names
 * @param fallback what it is when nobody sets it, as it would be written in a file
 * @param required whether somebody has to set it; then there is no fallback
 */
public record ConfigOption<T>(
        String key,
        ValueType<T> type,
        Optional<String> fallback,
        boolean required,
        String description) {

    /** Where a name of the user's own goes. */
    static final String NAME = "<name>";

    private static final Pattern NAMES = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,62}");

    /** Whether it is an option of each thing of a kind. */
    boolean named() {
        return key.contains(NAME);
    }

    /** The option of the thing of this name. */
    ConfigOption<T> of(String name) {
        return new ConfigOption<>(key.replace(NAME, name), type, fallback, required, description);
    }

    /** The name in a key that is this option's; empty if it is another's. */
    Optional<String> nameIn(String otherKey) {
        int at = key.indexOf(NAME);
        String after = key.substring(at + NAME.length());
        if (otherKey.length() <= key.length() - NAME.length()
                || !otherKey.startsWith(key.substring(0, at))
                || !otherKey.endsWith(after)) {
            return Optional.empty();
        }
        String name = otherKey.substring(at, otherKey.length() - after.length());
        return Optional.of(name).filter(n -> NAMES.matcher(n).matches());
    }

    static <T> ConfigOption<T> required(String key, ValueType<T> type, String description) {
        return new ConfigOption<>(key, type, Optional.empty(), true, description);
    }

    static <T> ConfigOption<T> optional(String key, ValueType<T> type, String description) {
        return new ConfigOption<>(key, type, Optional.empty(), false, description);
    }

    static <T> ConfigOption<T> withDefault(
            String key, ValueType<T> type, String fallback, String description) {
        return new ConfigOption<>(key, type, Optional.of(fallback), false, description);
    }

    /** Its name in the environment: {@code PRISM_GRPC_PORT}. */
    public String variable() {
        return "PRISM_"
                + key.toUpperCase(Locale.ROOT)
                        .replace('.', '_')
                        .replace('-', '_')
                        .replaceAll("[<>]", "");
    }
}
