package io.prism.gateway.namespace;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.TopicSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Namespaces must not share a name, topics, or a place for claims: one could read, or delete, the
 * other's data.
 */
final class Conflicts {
    private Conflicts() {}

    static void check(List<NamespacePlan> fresh, List<NamespacePlan> existing) {
        List<NamespacePlan> others = new ArrayList<>(existing);
        for (NamespacePlan plan : fresh) {
            others.forEach(other -> check(plan, other));
            others.add(plan);
        }
    }

    private static void check(NamespacePlan plan, NamespacePlan other) {
        String name = plan.spec().name().value();
        String otherName = other.spec().name().value();
        if (name.equals(otherName)) {
            throw new PrismException(
                            ErrorCode.NAMESPACE_EXISTS,
                            "namespace "
                                    + name
                                    + " exists already; choose another name, or delete it first")
                    .with("namespace", name);
        }
        List<TopicSpace> ours = TopicSpace.allOf(plan.spec());
        List<TopicSpace> its = TopicSpace.allOf(other.spec());
        Optional<TopicSpace> shared = TopicSpace.overlap(ours, its);
        if (shared.isPresent()) {
            throw conflict(
                    name,
                    otherName,
                    "topics ("
                            + shared.get()
                            + " and "
                            + TopicSpace.overlap(its, ours).orElseThrow()
                            + "): give it another topic or topic_prefix");
        }
        Optional<PatternSpec.ClaimCheck> mine = plan.spec().pattern(PatternSpec.ClaimCheck.class);
        Optional<PatternSpec.ClaimCheck> theirs =
                other.spec().pattern(PatternSpec.ClaimCheck.class);
        if (mine.isPresent() && theirs.isPresent()) {
            PatternSpec.Storage a = mine.get().storage();
            PatternSpec.Storage b = theirs.get().storage();
            boolean samePlace = a.bucket().equals(b.bucket()) && a.endpoint().equals(b.endpoint());
            if (samePlace
                    && (a.prefix().startsWith(b.prefix()) || b.prefix().startsWith(a.prefix()))) {
                throw conflict(
                        name,
                        otherName,
                        "claims (prefix "
                                + a.prefix()
                                + " in the same bucket): give it another prefix");
            }
        }
    }

    private static PrismException conflict(String name, String other, String what) {
        return new PrismException(
                        ErrorCode.NAMESPACE_CONFLICT,
                        "namespace "
                                + name
                                + " would share with namespace "
                                + other
                                + " its "
                                + what)
                .with("namespace", name)
                .with("conflicts_with", other);
    }
}
