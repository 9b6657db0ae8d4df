package io.prism.core.spec.yaml;

/**
 * Why a text is not read.
 *
 * @param found the offending piece; empty where the message says it
 * @param suggestion the remedy; empty where none is known
 */
public record YamlProblem(Kind kind, String message, String found, String suggestion, Place place) {

    /** What is refused. */
    public enum Kind {
        /** Not YAML. */
        SYNTAX,
        /** More text than {@link YamlReader#MAX_BYTES}, or more in it than MAX_NODES. */
        TOO_LARGE,
        /** Nested deeper than {@link YamlReader#MAX_DEPTH}. */
        TOO_DEEP,
        /** An alias ({@code *name}), and so every expanding or recursive document. */
        ALIASES,
        /** An explicit tag ({@code !name}). */
        TAG,
        /** A control character, half a surrogate pair, or what a decoder puts for broken UTF-8. */
        CHARACTER,
        /** More than one document in the text. */
        DOCUMENTS,
        /** A mapping's key that is not a text. */
        KEY
    }
}
