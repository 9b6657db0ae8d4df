package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a mapping against the options it may hold, and reports every key and value that does not
 * fit. Options nest by the dots in their names; a nested group may be written as one text where
 * that stands for one of its options ({@code storage: s3}).
 */
final class OptionReader {
    private final String what;
    private final List<Option<?>> options;
    private final Map<String, Option<?>> byName = new LinkedHashMap<>();
    private final Map<String, Option<?>> byAlias = new LinkedHashMap<>();
    private final Map<String, String> shorthands;
    private final Set<String> groups = new LinkedHashSet<>();

    /**
     * @param what whose options these are, for messages: {@code option of claim-check}
     * @param shorthands group → the option that a text in its place means
     */
    OptionReader(String what, List<? extends Option<?>> options, Map<String, String> shorthands) {
        this.what = what;
        this.options = List.copyOf(options);
        this.shorthands = shorthands;
        for (Option<?> option : options) {
            byName.put(option.name(), option);
            option.aliases().forEach(alias -> byAlias.put(alias, option));
            for (int dot = option.name().indexOf('.');
                    dot >= 0;
                    dot = option.name().indexOf('.', dot + 1)) {
                groups.add(option.name().substring(0, dot));
            }
        }
    }

    /**
     * @param skipped keys that somebody else reads
     */
    OptionValues read(At at, Problems problems, Set<String> skipped) {
        OptionValues values = new OptionValues(at, options);
        int before = problems.count();
        readMapping(at, "", values, problems, skipped);
        for (Option<?> option : options) {
            if (option.required() && !values.has(option)) {
                problems.missing(
                        at,
                        option.name(),
                        "`" + option.name() + "` is missing: " + option.meaning(),
                        option.type().allowed(),
                        "add " + lastOf(option.name()) + ": " + option.example());
            }
        }
        if (problems.count() > before) {
            values.markBroken();
        }
        return values;
    }

    private void readMapping(
            At at, String prefix, OptionValues values, Problems problems, Set<String> skipped) {
        if (at.node().isNothing()) {
            return;
        }
        if (!(at.node() instanceof YamlNode.Mapping mapping)) {
            problems.wrong(
                    at.value(),
                    ViolationCode.INVALID_VALUE,
                    "`" + at.path() + "` must be a mapping of options",
                    known(prefix, skipped),
                    "write one `option: value` a line, with a space after the colon");
            return;
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            String name = prefix + entry.key();
            At where = at.entry(entry);
            if (prefix.isEmpty() && skipped.contains(entry.key())) {
                if (entry.key().equals("config")) {
                    readMapping(where, "", values, problems, Set.of());
                }
                continue;
            }
            Optional<Option<?>> option = lookUp(name);
            if (option.isPresent()) {
                readOption(option.get(), where, values, problems);
            } else if (groups.contains(name)) {
                readGroup(name, where, values, problems);
            } else {
                problems.unknown(
                        where,
                        ViolationCode.UNKNOWN_OPTION,
                        entry.key(),
                        what,
                        known(prefix, skipped));
            }
        }
    }

    private Optional<Option<?>> lookUp(String name) {
        Option<?> option = byName.get(name);
        return Optional.ofNullable(option != null ? option : byAlias.get(name));
    }

    private void readGroup(String name, At where, OptionValues values, Problems problems) {
        Optional<String> shorthand = Optional.ofNullable(shorthands.get(name));
        boolean text = where.node() instanceof YamlNode.Scalar scalar && !scalar.isNull();
        if (text && shorthand.isPresent()) {
            readOption(
                    Objects.requireNonNull(byName.get(shorthand.get())), where, values, problems);
        } else {
            readMapping(where, name + ".", values, problems, Set.of());
        }
    }

    private <T> void readOption(
            Option<T> option, At where, OptionValues values, Problems problems) {
        if (values.has(option)) {
            problems.wrong(
                    where,
                    ViolationCode.DUPLICATE_KEY,
                    "`" + where.path() + "` is already given as `" + values.at(option).path() + "`",
                    List.of(),
                    "remove one of them");
            return;
        }
        values.seen(option.name(), where);
        option.type().read(where, problems).ifPresent(value -> values.put(option.name(), value));
    }

    /** The keys that may stand at a level. */
    private List<String> known(String prefix, Set<String> skipped) {
        Set<String> keys = new LinkedHashSet<>();
        for (Set<String> names : List.of(byName.keySet(), byAlias.keySet())) {
            for (String name : names) {
                if (name.startsWith(prefix)) {
                    String rest = name.substring(prefix.length());
                    int dot = rest.indexOf('.');
                    keys.add(dot < 0 ? rest : rest.substring(0, dot));
                }
            }
        }
        if (prefix.isEmpty()) {
            skipped.stream().sorted().forEach(keys::add);
        }
        return new ArrayList<>(keys);
    }

    private static String lastOf(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
