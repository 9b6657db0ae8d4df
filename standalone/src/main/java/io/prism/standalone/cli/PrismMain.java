package io.prism.standalone.cli;

/** Runs one {@code prism} command and ends with its exit code. */
public final class PrismMain {
    private PrismMain() {}

    public static void main(String[] args) {
        int code = PrismCommand.run(args);
        if (code == ExitCodes.KILLED) {
            // What kept the servers from stopping may keep an exit from ending, too.
            Runtime.getRuntime().halt(code);
        }
        System.exit(code);
    }
}
