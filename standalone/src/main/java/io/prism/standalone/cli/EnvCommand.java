package io.prism.standalone.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.prism.standalone.Addresses;
import io.prism.standalone.DataFolder;
import io.prism.standalone.RunState;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints how to reach the Prism that runs on a data folder. */
@Command(
        name = "env",
        mixinStandardHelpOptions = true,
        description = "Prints how to reach the Prism that `prism up` has started.",
        footer = {
            "",
            "Examples:",
            "  eval \"$(prism env --shell)\"    sets PRISM_GRPC and the rest in this shell",
            "  prism env --json | jq -r .PRISM_KAFKA_BOOTSTRAP"
        })
final class EnvCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private DataOption data;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private Format format = new Format();

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    EnvCommand() {}

    static final class Format {
        @Option(names = "--json", description = "As one JSON object.")
        private boolean json;

        @Option(names = "--shell", description = "As export lines for a POSIX shell.")
        private boolean shell;
    }

    @Override
    public Integer call() throws Exception {
        Optional<RunState> running = DataFolder.running(data.path());
        PrintWriter err = spec.commandLine().getErr();
        if (running.isEmpty()) {
            err.println("prism: nothing runs on " + data.path() + "; start it with prism up");
            return ExitCodes.UNREACHABLE;
        }
        Optional<Addresses> addresses = running.get().addresses();
        if (addresses.isEmpty()) {
            err.println(
                    "prism: pid %d is still starting on %s; try again in a moment"
                            .formatted(running.get().pid(), data.path()));
            return ExitCodes.UNREACHABLE;
        }
        print(addresses.get().environment(), spec.commandLine().getOut());
        return ExitCodes.OK;
    }

    private void print(Map<String, String> environment, PrintWriter out) throws Exception {
        if (format.json) {
            out.println(
                    new ObjectMapper()
                            .enable(SerializationFeature.INDENT_OUTPUT)
                            .writeValueAsString(environment));
            return;
        }
        environment.forEach(
                (name, value) ->
                        out.println(
                                format.shell
                                        ? "export "
                                                + name
                                                + "='"
                                                + value.replace("'", "'\\''")
                                                + "'"
                                        : name + "=" + value));
        out.flush();
    }
}
