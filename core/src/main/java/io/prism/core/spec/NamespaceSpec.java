package io.prism.core.spec;

import java.util.List;
import java.util.Optional;

/**
 * One namespace, valid and with its defaults filled in.
 *
 * @param ordering of a queue; NONE for every other API
 * @param patterns in canonical order: the order in which a publish passes them
 */
public record NamespaceSpec(
        NamespaceName name,
        ClientApi api,
        Ordering ordering,
        List<PatternSpec> patterns,
        BackendSpec backend,
        Observability observability) {
    public NamespaceSpec {
        patterns = List.copyOf(patterns);
    }

    /** What is traced and measured for the namespace. */
    public record Observability(boolean tracePatterns, boolean patternMetrics) {
        public static final Observability DEFAULT = new Observability(true, true);
    }

    /** The pattern of that type, if the namespace has it. */
    public <P extends PatternSpec> Optional<P> pattern(Class<P> type) {
        return patterns.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
