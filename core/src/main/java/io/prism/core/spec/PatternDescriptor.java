package io.prism.core.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Everything there is to know about a built-in pattern before it runs.
 *
 * @param rank its place in the canonical order: a publish passes lower ranks first
 * @param runsOn the APIs it serves, and the backends it can stand on for each
 * @param shorthands groups of options that may be written as one text
 */
record PatternDescriptor(
        String type,
        int version,
        int rank,
        String summary,
        Map<ClientApi, List<String>> runsOn,
        List<Option<?>> options,
        Map<String, String> shorthands,
        Factory factory) {

    /** Makes the spec of options that are each valid; reports what they are not together. */
    @FunctionalInterface
    interface Factory {
        Optional<PatternSpec> make(OptionValues values, PatternContext context);
    }

    OptionValues read(At at, Problems problems) {
        return new OptionReader("option of " + type, options, shorthands)
                .read(at, problems, Set.of("type", "enabled", "config"));
    }
}
