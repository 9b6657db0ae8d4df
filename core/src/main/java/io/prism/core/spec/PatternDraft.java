package io.prism.core.spec;

import java.util.Map;
import java.util.Optional;

/** A pattern of a namespace while the namespace is being read. */
sealed interface PatternDraft {
    At at();

    String type();

    /** "declared", or the requirement that asked for it. */
    String reason();

    /** A pattern of the catalogue. */
    record BuiltIn(At at, PatternDescriptor descriptor, OptionValues values, String reason)
            implements PatternDraft {
        @Override
        public String type() {
            return descriptor.type();
        }
    }

    /** A pattern of the operator's own. */
    record Own(At at, String type, Map<String, Object> options, String reason)
            implements PatternDraft {}

    default Optional<PatternDescriptor> builtIn() {
        return this instanceof BuiltIn b ? Optional.of(b.descriptor()) : Optional.empty();
    }
}
