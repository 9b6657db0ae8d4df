package io.prism.core.spec;

import java.util.Optional;
import java.util.function.Function;

/** A text read as a value, or why it is none. */
sealed interface Parsed<T> {

    record Value<T>(T value) implements Parsed<T> {}

    /**
     * @param problem the end of a sentence that begins with the text, such as "is negative"
     * @param suggestion the remedy; empty where none is known
     */
    record Wrong<T>(String problem, String suggestion) implements Parsed<T> {}

    static <T> Parsed<T> of(T value) {
        return new Value<>(value);
    }

    static <T> Parsed<T> wrong(String problem, String suggestion) {
        return new Wrong<>(problem, suggestion);
    }

    default <R> Parsed<R> then(Function<T, Parsed<R>> next) {
        return switch (this) {
            case Value<T> ok -> next.apply(ok.value());
            case Wrong<T> wrong -> new Wrong<>(wrong.problem(), wrong.suggestion());
        };
    }

    default Optional<T> asOptional() {
        return this instanceof Value<T>(T value) ? Optional.of(value) : Optional.empty();
    }
}
