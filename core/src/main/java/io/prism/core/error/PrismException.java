package io.prism.core.error;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An error that a caller can act on: its code can be counted, its message names the thing, its
 * place and the remedy, and its details carry the same facts for programs. Messages never hold a
 * payload, a token or a secret.
 */
public class PrismException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final @Nullable String field;
    private final TreeMap<String, String> details = new TreeMap<>();

    public PrismException(ErrorCode code, String message) {
        this(code, message, null, null);
    }

    public PrismException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, null, cause);
    }

    /**
     * @param field the request's field at fault, such as {@code metadata[prism-id]}, or null where
     *     none is
     */
    public PrismException(
            ErrorCode code, String message, @Nullable String field, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.field = field;
    }

    /** An error about one field of a request. */
    public static PrismException ofField(ErrorCode code, String field, String message) {
        return new PrismException(code, message, field, null);
    }

    /** Adds a fact for programs ({@code ErrorInfo.metadata}); returns this. */
    public PrismException with(String key, Object value) {
        details.put(key, String.valueOf(value));
        return this;
    }

    public ErrorCode code() {
        return code;
    }

    /** One of several things that are wrong with a request. */
    public record FieldViolation(String field, String code, String description) {}

    /** Where more than one thing is wrong at once: all of them. */
    public List<FieldViolation> violations() {
        return List.of();
    }

    /** The request's field at fault, or null. */
    public @Nullable String field() {
        return field;
    }

    public Map<String, String> details() {
        return Map.copyOf(details);
    }
}
