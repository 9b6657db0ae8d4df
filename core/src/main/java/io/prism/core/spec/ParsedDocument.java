package io.prism.core.spec;

import java.util.List;

/**
 * What a namespace document says.
 *
 * @param plans in the document's order; empty when there are violations
 * @param violations everything that is wrong; empty means valid
 * @param warnings what works but is probably not meant
 */
public record ParsedDocument(
        List<NamespacePlan> plans, List<Violation> violations, List<Warning> warnings) {

    /**
     * @param path such as {@code namespaces[0].patterns[1].config.threshold}
     * @param code stable, such as {@code UNKNOWN_OPTION}
     * @param found what the document has there, shortened; empty where nothing is there
     * @param allowed what may stand there; empty where it cannot be listed
     * @param suggestion the remedy in a few words; empty where none is known
     * @param line 1-based; 0 where there is no place
     * @param column 1-based; 0 where there is no place
     */
    public record Violation(
            String path,
            String code,
            String message,
            String found,
            List<String> allowed,
            String suggestion,
            int line,
            int column) {}

    public record Warning(String path, String code, String message) {}

    public boolean valid() {
        return violations.isEmpty();
    }
}
