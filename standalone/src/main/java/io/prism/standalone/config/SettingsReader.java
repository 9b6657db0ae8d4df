package io.prism.standalone.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads one role's table of options; the environment wins over the file. */
public final class SettingsReader {
    /** Variables of the launcher and of client commands, which are nobody's mistake. */
    private static final Set<String> OTHERS =
            Set.of(
                    "PRISM_GRPC",
                    "PRISM_ADMIN",
                    "PRISM_HTTP",
                    "PRISM_STREAMS_HTTP",
                    "PRISM_POSTGRES_URL",
                    "PRISM_REDIS_URL",
                    "PRISM_CONNECT_URL",
                    "PRISM_NAMESPACE",
                    "PRISM_DATA",
                    "PRISM_CACHE",
                    "PRISM_JAVA_OPTS",
                    "PRISM_AOT",
                    "PRISM_BUILD");

    private final List<ConfigOption<?>> table;
    private final Function<Settings, List<Problem>> together;

    /**
     * @param together what is wrong although each option for itself is valid; given those that are
     *     valid, which may not be all
     */
    public SettingsReader(
            List<? extends ConfigOption<?>> table, Function<Settings, List<Problem>> together) {
        this.table = List.copyOf(table);
        this.together = together;
    }

    /**
     * @param file absent to read the environment alone
     * @throws ConfigurationException with everything that is wrong
     */
    public Settings read(Optional<Path> file, Map<String, String> environment) {
        var problems = new ArrayList<Problem>();
        Map<String, String> inFile =
                file.map(f -> ConfigFile.read(f, problems)).orElseGet(TreeMap::new);
        String place = file.map(f -> " in " + f).orElse("");
        List<ConfigOption<?>> whole = whole(inFile.keySet());
        unknownKeys(inFile.keySet(), whole, place, problems);
        misspelledVariables(environment.keySet(), whole, problems);
        var values = new HashMap<String, Object>();
        for (ConfigOption<?> option : whole) {
            String variable = environment.get(option.variable());
            String key = inFile.get(option.key());
            if (variable != null && !variable.isBlank()) {
                parse(option, variable, option.variable(), values, problems);
            } else if (key != null) {
                parse(option, key, option.key() + place, values, problems);
            } else if (option.fallback().isPresent()) {
                parse(option, option.fallback().get(), option.key(), values, problems);
            } else if (option.required()) {
                problems.add(
                        new Problem(
                                option.key(),
                                "is required: set it in the file, or "
                                        + option.variable()
                                        + " ("
                                        + option.description()
                                        + ")"));
            }
        }
        var settings = new Settings(values);
        problems.addAll(together.apply(settings));
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return settings;
    }

    /** With an option each for everything that the file gives a name to. */
    private List<ConfigOption<?>> whole(Set<String> keys) {
        var names = new TreeSet<String>();
        var named = table.stream().filter(ConfigOption::named).toList();
        keys.forEach(key -> named.forEach(option -> option.nameIn(key).ifPresent(names::add)));
        var whole = new ArrayList<ConfigOption<?>>();
        for (ConfigOption<?> option : table) {
            if (option.named()) {
                names.forEach(name -> whole.add(option.of(name)));
            } else {
                whole.add(option);
            }
        }
        return whole;
    }

    private static void parse(
            ConfigOption<?> option,
            String text,
            String where,
            Map<String, Object> values,
            List<Problem> problems) {
        try {
            Object value = option.type().parser().apply(text);
            values.put(option.key(), value);
        } catch (IllegalArgumentException e) {
            problems.add(new Problem(where, "is not valid; expected " + e.getMessage()));
        }
    }

    private void unknownKeys(
            Set<String> keys, List<ConfigOption<?>> whole, String place, List<Problem> problems) {
        List<String> known = whole.stream().map(ConfigOption::key).toList();
        List<String> shown = table.stream().map(ConfigOption::key).toList();
        for (String key : keys) {
            if (!known.contains(key)) {
                problems.add(
                        new Problem(key + place, "is not an option" + didYouMean(key, shown, 4)));
            }
        }
    }

    /**
     * Only what looks like a slip: platforms put variables of their own under any name, and
     * refusing those would keep a gateway from starting for nobody's fault.
     */
    private static void misspelledVariables(
            Set<String> variables, List<ConfigOption<?>> whole, List<Problem> problems) {
        List<String> known = whole.stream().map(ConfigOption::variable).toList();
        for (String variable : variables) {
            if (variable.startsWith("PRISM_")
                    && !known.contains(variable)
                    && !OTHERS.contains(variable)
                    && Suggestions.nearest(variable, known, 2).isPresent()) {
                problems.add(
                        new Problem(variable, "is not an option" + didYouMean(variable, known, 2)));
            }
        }
    }

    private static String didYouMean(String name, List<String> known, int distance) {
        return Suggestions.nearest(name, known, distance)
                .map(nearest -> "; did you mean " + nearest + "?")
                .orElseGet(
                        () ->
                                "; there are "
                                        + known.stream()
                                                .sorted()
                                                .collect(Collectors.joining(", ")));
    }
}
