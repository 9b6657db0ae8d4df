package io.prism.bench;

/** Why a run cannot begin, or a round cannot be judged; the message names the remedy. */
class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BenchException(String message) {
        super(message);
    }

    BenchException(String message, Throwable cause) {
        super(message, cause);
    }
}
