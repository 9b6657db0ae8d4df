package io.prism.core.spec;

import io.prism.core.spec.ParsedDocument.Violation;
import io.prism.core.spec.ParsedDocument.Warning;
import io.prism.core.spec.yaml.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects everything that is wrong with one document. Bounded, however bad the document is. */
final class Problems {
    private static final int MOST = 500;

    private final List<Violation> violations = new ArrayList<>();
    private final List<Warning> warnings = new ArrayList<>();
    private boolean overflow;

    /** A violation whose remedy is another value. */
    void wrong(At at, ViolationCode code, String message, List<String> allowed, String suggestion) {
        add(at.path(), at.place(), code, message, Shown.of(at.node()), allowed, suggestion);
    }

    /** A violation where something else than the node's text is at fault. */
    void wrong(
            At at,
            ViolationCode code,
            String message,
            String found,
            List<String> allowed,
            String suggestion) {
        add(at.path(), at.place(), code, message, Shown.of(found), allowed, suggestion);
    }

    void missing(At parent, String key, String message, List<String> allowed, String suggestion) {
        At at = parent.missing(key);
        add(at.path(), at.place(), ViolationCode.MISSING_OPTION, message, "", allowed, suggestion);
    }

    void unknown(At at, ViolationCode code, String written, String what, List<String> known) {
        add(
                at.path(),
                at.place(),
                code,
                "There is no " + what + " `" + Shown.of(written) + "`",
                Shown.of(written),
                known,
                violations.size() < MOST ? DidYouMean.suggestion(written, known) : "");
    }

    void add(
            String path,
            Place place,
            ViolationCode code,
            String message,
            String found,
            List<String> allowed,
            String suggestion) {
        if (violations.size() < MOST) {
            violations.add(
                    new Violation(
                            path,
                            code.name(),
                            message,
                            found,
                            List.copyOf(allowed),
                            suggestion,
                            place.line(),
                            place.column()));
        } else {
            overflow = true;
        }
    }

    void warn(String path, WarningCode code, String message) {
        if (warnings.size() < MOST) {
            warnings.add(new Warning(path, code.name(), message));
        } else if (warnings.size() == MOST) {
            warnings.add(
                    new Warning(
                            "", WarningCode.TOO_MANY_WARNINGS.name(), "There are more warnings"));
        }
    }

    int count() {
        return violations.size();
    }

    boolean none() {
        return violations.isEmpty();
    }

    /** In the document's order. */
    List<Violation> violations() {
        List<Violation> sorted = new ArrayList<>(violations);
        sorted.sort(Comparator.comparingInt(Violation::line).thenComparingInt(Violation::column));
        if (overflow) {
            sorted.add(
                    new Violation(
                            "",
                            ViolationCode.TOO_MANY_VIOLATIONS.name(),
                            "There are more violations than these " + MOST,
                            "",
                            List.of(),
                            "correct these first",
                            0,
                            0));
        }
        return List.copyOf(sorted);
    }

    List<Warning> warnings() {
        return List.copyOf(warnings);
    }
}
