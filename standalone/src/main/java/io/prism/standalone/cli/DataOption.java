package io.prism.standalone.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --data}, the same for every command that has it. */
public final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = {
                "Where everything is kept.",
                "Default: $PRISM_DATA, else .prism in the project's folder."
            })
    private @Nullable Path data;

    /** Absolute. */
    public Path path() {
        if (data != null) {
            return data.toAbsolutePath().normalize();
        }
        String variable = System.getenv("PRISM_DATA");
        if (variable != null && !variable.isBlank()) {
            return Path.of(variable).toAbsolutePath().normalize();
        }
        // The launcher script says where the project is; without it, here.
        return Path.of(System.getProperty("prism.root", ""), ".prism").toAbsolutePath().normalize();
    }
}
