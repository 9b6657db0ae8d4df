package io.prism.core.spec;

import java.util.List;

/** Plans as text, to compare with golden files. */
final class Plans {
    private Plans() {}

    static String text(ParsedDocument document) {
        StringBuilder text = new StringBuilder();
        for (NamespacePlan plan : document.plans()) {
            NamespaceSpec spec = plan.spec();
            text.append("namespace ").append(spec.name()).append(" (").append(spec.api().label());
            text.append(")\nbackend ").append(spec.backend()).append('\n');
            text.append(spec.observability()).append('\n');
            for (NamespacePlan.PlannedPattern pattern : plan.patterns()) {
                text.append("pattern ").append(pattern.spec().type());
                text.append(": ").append(pattern.reason()).append('\n');
                pattern.options().forEach((k, v) -> text.append("  " + k + " = " + v + "\n"));
                text.append("  ").append(pattern.spec()).append('\n');
            }
            plan.objects().forEach(o -> text.append(o).append('\n'));
            plan.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
        }
        document.warnings().forEach(w -> text.append("warning: ").append(w).append('\n'));
        return text.toString();
    }

    /** What a failed assertion should show. */
    static List<String> violations(ParsedDocument document) {
        return document.violations().stream()
                .map(
                        v ->
                                v.line()
                                        + ":"
                                        + v.column()
                                        + " "
                                        + v.path()
                                        + " "
                                        + v.code()
                                        + " "
                                        + v.message())
                .toList();
    }
}
