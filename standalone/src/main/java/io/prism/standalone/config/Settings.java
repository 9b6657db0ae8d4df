package io.prism.standalone.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Settings that were read and found valid.
 *
 * @param values by key; only what was given or has a default
 */
public record Settings(Map<String, Object> values) {
    public Settings {
        values = Map.copyOf(values);
    }

    /** Of an option that is required or has a default. */
    public <T> T get(ConfigOption<T> option) {
        return find(option)
                .orElseThrow(
                        () -> new IllegalArgumentException(option.key() + " is in no table read"));
    }

    /** The names for which there is a value of one of these options, sorted. */
    public SortedSet<String> names(List<ConfigOption<?>> options) {
        TreeSet<String> names = new TreeSet<>();
        for (String key : values.keySet()) {
            options.forEach(option -> option.nameIn(key).ifPresent(names::add));
        }
        return names;
    }

    @SuppressWarnings("unchecked") // the reader put what the option's own type parsed
    public <T> Optional<T> find(ConfigOption<T> option) {
        return Optional.ofNullable((T) values.get(option.key()));
    }
}
