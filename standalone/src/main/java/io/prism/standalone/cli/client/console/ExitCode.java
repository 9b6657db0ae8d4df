package io.prism.standalone.cli.client.console;

/** What a client command's exit code says. The numbers are a contract with scripts. */
public enum ExitCode {
    /** Done. */
    OK(0),
    /** The command worked and its answer is no: a document is invalid, a thing does not exist. */
    NO(1),
    /** The command line itself is wrong. */
    USAGE(2),
    /** No Prism answers at the address. */
    UNREACHABLE(3),
    /** Prism answered with a typed error. */
    REFUSED(4),
    /** Stopped by Ctrl-C; 128 + SIGINT, as shells have it. */
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
