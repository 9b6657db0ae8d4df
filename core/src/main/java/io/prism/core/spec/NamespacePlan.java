package io.prism.core.spec;

import java.util.List;
import java.util.Map;

/**
 * A namespace and why it is what it is.
 *
 * @param source this namespace alone, as YAML that reads back to the same spec; what the registry
 *     stores
 * @param patterns one for each of the spec's patterns, in its order
 * @param objects the topics and buckets that Prism makes for it
 * @param notes one line a decision, for people
 */
public record NamespacePlan(
        NamespaceSpec spec,
        String source,
        List<PlannedPattern> patterns,
        List<BackendObject> objects,
        List<String> notes) {

    /**
     * @param reason "declared", or the requirement that asked for it
     * @param options the options in force, defaults included, as text
     */
    public record PlannedPattern(PatternSpec spec, String reason, Map<String, String> options) {}

    /**
     * @param kind {@code topic}, {@code topic-prefix} or {@code bucket}
     */
    public record BackendObject(String kind, String name, Map<String, String> settings) {}
}
