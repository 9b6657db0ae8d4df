package io.prism.standalone.cli.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Names the commands for transactions. */
@Command(
        name = "transact",
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
            "Writes rows and messages that commit together, and reads the messages that did.",
            "The namespace declares the tables; its outbox has the messages."
        },
        footer = {
            "  prism transact write shop --table orders --record '{\"id\":17,\"total\":\"9.90\"}' \\",
            "      --topic orders --text '{\"order\":17}' --key 17",
            "  prism transact mailbox shop orders --max 10",
            "  prism transact mailbox shop orders --consumer billing --process"
        },
        subcommands = {TransactWriteCommand.class, TransactMailboxCommand.class})
final class TransactCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    TransactCommand() {}

    @Override
    public void run() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not prepared this command");
        }
        throw new ParameterException(
                spec.commandLine(), "Which one? " + String.join(", ", spec.subcommands().keySet()));
    }
}
