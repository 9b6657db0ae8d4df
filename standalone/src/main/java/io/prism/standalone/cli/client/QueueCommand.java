package io.prism.standalone.cli.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Names the commands for queues. */
@Command(
        name = "queue",
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
            "Works with queues: each message goes to one consumer of a group, under a lease, until"
                    + " it is acknowledged.",
            "What fails too often becomes a dead letter; a redrive puts dead letters back."
        },
        footer = {
            "  prism queue send work jobs --text 'resize 17'",
            "  prism queue receive work jobs --max 10 --timeout 5s",
            "  prism queue info work jobs",
            "  prism queue redrive work jobs --dry-run"
        },
        subcommands = {
            QueueSendCommand.class,
            QueueReceiveCommand.class,
            QueueAckCommand.class,
            QueueRedriveCommand.class,
            QueueInfoCommand.class
        })
final class QueueCommand implements Runnable {
    @Spec private @Nullable CommandSpec spec;

    QueueCommand() {}

    @Override
    public void run() {
        if (spec == null) {
            throw new IllegalStateException("picocli has not prepared this command");
        }
        throw new ParameterException(
                spec.commandLine(), "Which one? " + String.join(", ", spec.subcommands().keySet()));
    }
}
