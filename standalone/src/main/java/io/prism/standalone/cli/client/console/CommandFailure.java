package io.prism.standalone.cli.client.console;

import org.jspecify.annotations.Nullable;

/**
 * Ends a command with an exit code and a message that names the thing and the remedy. For failures
 * on this side of the wire; what a server refuses travels as its gRPC status.
 */
public final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode exitCode;

    public CommandFailure(ExitCode exitCode, String message) {
        this(exitCode, message, null);
    }

    public CommandFailure(ExitCode exitCode, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
        return exitCode;
    }
}
