package io.prism.standalone.cli;

/** Runs one {@code prism} command and ends with its exit code. */
public final class PrismMain {
    private PrismMain() {}

    public static void main(String[] args) {
        System.exit(PrismCommand.run(args));
    }
}
