package io.prism.core.spec;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Which record headers a namespace may choose for itself. */
final class HeaderNames {
    static final String ALLOWED =
            "up to 128 letters, digits, dots, hyphens or underscores; none of Prism's own headers"
                    + " but claim_check_id";

    private static final Pattern LEGAL = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}");
    private static final Set<String> FIXED = Set.of("payload_size", "traceparent", "tracestate");

    private HeaderNames() {}

    static Optional<String> problem(String name) {
        if (!LEGAL.matcher(name).matches()) {
            return Optional.of("is not a header name");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        boolean own =
                FIXED.contains(lower)
                        || lower.startsWith("prism-")
                        || (lower.startsWith("claim_check_") && !name.equals("claim_check_id"));
        return own ? Optional.of("is one of Prism's own headers") : Optional.empty();
    }
}
