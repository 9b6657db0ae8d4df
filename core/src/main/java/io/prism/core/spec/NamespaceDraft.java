package io.prism.core.spec;

import java.util.List;
import java.util.Optional;

/**
 * One namespace of a document, as far as it could be read.
 *
 * @param name empty if it is not a name
 * @param plan empty if anything is wrong with it
 */
record NamespaceDraft(At at, Optional<NamespaceName> name, Optional<NamespacePlan> plan) {

    /** The topics that are its own; none for what has none, or could not be read. */
    List<TopicSpace> topics() {
        return plan.map(NamespacePlan::spec).map(TopicSpace::allOf).orElse(List.of());
    }

    /** The places in object storage that are its own. */
    List<PatternSpec.Storage> stores() {
        return plan.map(p -> storesOf(p.spec().patterns())).orElse(List.of());
    }

    static List<PatternSpec.Storage> storesOf(List<PatternSpec> patterns) {
        return patterns.stream()
                .flatMap(
                        pattern ->
                                Optional.ofNullable(
                                        switch (pattern) {
                                            case PatternSpec.ClaimCheck claims -> claims.storage();
                                            case PatternSpec.TieredStorage tiers -> tiers.storage();
                                            default -> null;
                                        })
                                        .stream())
                .toList();
    }
}
