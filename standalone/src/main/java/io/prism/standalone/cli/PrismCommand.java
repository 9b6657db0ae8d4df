package io.prism.standalone.cli;

import io.prism.bench.BenchCommand;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.standalone.DataFolderHeldException;
import io.prism.standalone.cli.client.ClientCommands;
import io.prism.standalone.embedded.ServerStartException;

import org.slf4j.LoggerFactory;

import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.ArrayList;
import java.util.List;

/** {@code prism} itself: names its subcommands and turns what they throw into exit codes. */
@Command(
        name = "prism",
        mixinStandardHelpOptions = true,
        versionProvider = PrismCommand.Version.class,
        description =
                "A data-access layer: applications say what they want over gRPC, a namespace"
                        + " decides how it is made reliable and where it runs.",
        synopsisSubcommandLabel = "COMMAND",
        subcommandsRepeatable = false)
public final class PrismCommand implements Runnable {
    @Spec private CommandSpec spec;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    PrismCommand() {}

    /** Every subcommand, in the order of the help: a class, or an instance. */
    private static List<Object> subcommands() {
        var commands =
                new ArrayList<Object>(
                        List.of(
                                UpCommand.class,
                                EnvCommand.class,
                                GatewayCommand.class,
                                StreamsCommand.class));
        commands.addAll(ClientCommands.all());
        commands.add(BenchCommand.class);
        return commands;
    }

    /** The whole command line, for running, completion and tests. */
    public static CommandLine commandLine() {
        var prism = new CommandLine(new PrismCommand());
        for (Object command : subcommands()) {
            prism.addSubcommand(command);
        }
        prism.addSubcommand("completion", AutoComplete.GenerateCompletion.class);
        for (CommandLine command : prism.getSubcommands().values()) {
            var usage = command.getCommandSpec().usageMessage();
            usage.sortOptions(false);
            if (usage.exitCodeList().isEmpty()) {
                usage.exitCodeListHeading("%nExit codes:%n").exitCodeList(ExitCodes.help());
            }
        }
        prism.setExecutionExceptionHandler((e, command, parsed) -> explain(e, command));
        return prism;
    }

    static int run(String... args) {
        return commandLine().execute(args);
    }

    /** What a user can act on is one line; only a defect shows its stack. */
    private static int explain(Exception error, CommandLine command) {
        LoggerFactory.getLogger(PrismCommand.class).error("Command failed", error);
        var screen = command.getErr();
        switch (error) {
            case DataFolderHeldException held -> {
                screen.println("prism: " + held.getMessage());
                return ExitCodes.FOLDER_HELD;
            }
            case ServerStartException notStarted -> {
                screen.println("prism: " + notStarted.getMessage());
                return ExitCodes.NOT_STARTED;
            }
            case PrismException refused -> {
                screen.println("prism: " + refused.getMessage() + " (" + refused.code() + ")");
                return exitCode(refused.code());
            }
            default -> {
                error.printStackTrace(screen);
                return ExitCodes.INTERNAL;
            }
        }
    }

    private static int exitCode(ErrorCode code) {
        if (code.retryable()) {
            return ExitCodes.UNREACHABLE;
        }
        return code == ErrorCode.CONFIGURATION_INVALID || code == ErrorCode.NAMESPACE_INVALID
                ? ExitCodes.INVALID
                : ExitCodes.REFUSED;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "Which command?");
    }

    /** The version of the jar this runs from. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"prism " + number()};
        }

        static String number() {
            String version = PrismCommand.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
