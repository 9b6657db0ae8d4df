package io.prism.core.spec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values a document gives to a set of options. Filled by {@link OptionReader}. */
final class OptionValues {
    private final At at;
    private final List<Option<?>> options;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, At> places = new LinkedHashMap<>();
    private final Map<String, String> derived = new LinkedHashMap<>();
    private boolean broken;

    OptionValues(At at, List<Option<?>> options) {
        this.at = at;
        this.options = options;
    }

    /** Where the options stand. */
    At at() {
        return at;
    }

    /** Where an option is written, or where it would be. */
    At at(Option<?> option) {
        return Optional.ofNullable(places.get(option.name()))
                .orElseGet(() -> at.missing(option.name()));
    }

    /** Whether something was reported, so that no spec may be made of it. */
    boolean broken() {
        return broken;
    }

    void markBroken() {
        broken = true;
    }

    boolean has(Option<?> option) {
        return places.containsKey(option.name());
    }

    void put(String name, Object value) {
        values.put(name, value);
    }

    void seen(String name, At where) {
        places.put(name, where);
    }

    /** The value given, or the default; empty where there is neither, or a wrong value. */
    @SuppressWarnings("unchecked") // put() is only called with what the option's own type read
    <T> Optional<T> find(Option<T> option) {
        Object value = values.get(option.name());
        if (value != null) {
            return Optional.of((T) value);
        }
        return has(option) ? Optional.empty() : option.defaultValue();
    }

    /** The value given, or the default, of an option that always has one of them. */
    <T> T get(Option<T> option) {
        return find(option)
                .orElseThrow(() -> new IllegalStateException("no value for " + option.name()));
    }

    /** The value given, or else this one, which counts as the default in force. */
    <T> T orElse(Option<T> option, T otherwise) {
        Optional<T> given = find(option);
        if (given.isEmpty()) {
            derived.put(option.name(), option.type().show(otherwise));
        }
        return given.orElse(otherwise);
    }

    /** All options in force, by name, in the order of their description. */
    Map<String, String> inForce() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Option<?> option : options) {
            text(option).ifPresent(text -> texts.put(option.name(), text));
        }
        return texts;
    }

    /** What is in force without having been written: {@code threshold=1MB}. */
    List<String> defaulted() {
        List<String> texts = new ArrayList<>();
        for (Option<?> option : options) {
            if (!values.containsKey(option.name())) {
                text(option).ifPresent(text -> texts.add(option.name() + "=" + text));
            }
        }
        return texts;
    }

    private <T> Optional<String> text(Option<T> option) {
        return find(option)
                .map(option.type()::show)
                .or(() -> Optional.ofNullable(derived.get(option.name())));
    }
}
