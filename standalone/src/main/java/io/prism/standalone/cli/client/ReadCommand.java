package io.prism.standalone.cli.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Names the commands for reading rows. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisHeading = "Usage: ",
        synopsisSubcommandLabel = "COMMAND",
        descriptionHeading = "%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        footerHeading = "%nExamples:%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:the answer is no: invalid, or not found",
            "2:the command line is wrong",
            "3:no Prism answers at the address",
            "4:Prism refused with a typed error",
            "130:interrupted"
        },
        description = {
            "Reads rows of the tables and views that a namespace declares.",
            "Rows are printed as JSON, one a line."
        },
        footer = {
            "  prism read get user-profiles user_profiles 123",
            "  prism read query shop orders --where 'total>=10' --where 'status in open,late' \\",
            "      --sort -placed_at --max 20",
            "  prism read count shop orders --where status=open"
        },
        subcommands = {ReadGetCommand.class, ReadQueryCommand.class, ReadCountCommand.class})
final class ReadCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    ReadCommand() {}

    @Override
    public void run() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not prepared this command");
        }
        throw new ParameterException(
                spec.commandLine(), "Which one? " + String.join(", ", spec.subcommands().keySet()));
    }
}
