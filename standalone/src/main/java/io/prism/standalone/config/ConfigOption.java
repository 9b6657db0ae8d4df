package io.prism.standalone.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One setting.
 *
 * @param key its name in a file, such as {@code grpc.port}
 * @param fallback what it is when nobody sets it, as it would be written in a file
 * @param required whether somebody has to set it; then there is no fallback
 */
public record ConfigOption<T>(
        String key,
        ValueType<T> type,
        Optional<String> fallback,
        boolean required,
        String description) {

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
        return "PRISM_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
