package io.prism.bench;

/** Nothing answers where a target should be. */
final class UnreachableException extends BenchException {
    private static final long serialVersionUID = 1L;

    UnreachableException(String message, Throwable cause) {
        super(message, cause);
    }
}
