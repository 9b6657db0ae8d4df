package io.prism.standalone.cli.client;

import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.publish.PublishCalls;
import io.prism.standalone.cli.client.server.Connection;
import picocli.CommandLine.Command;

/** Puts messages into a queue. */
@Command(
        name = "send",
        description = {
            "Puts messages into a queue and prints each one's id, partition and offset once it is"
                    + " durable.",
            "A payload above 4 MiB is sent in chunks, with memory for a few of them."
        },
        footer = {
            "  prism queue send work jobs --text '{\"id\":1}' --key 1 --metadata type=json",
            "  prism queue send work films --file film.mp4 --id film-1",
            "  tar c . | prism queue send work backups -",
            "  prism queue send work jobs --lines --file jobs.ndjson --quiet",
            "  prism queue send work jobs --size 1KB --count 100000 --quiet"
        })
final class QueueSendCommand extends PublishingCommand {
    QueueSendCommand() {
        this(Io.system());
    }

    QueueSendCommand(Io io) {
        super(io);
    }

    @Override
    PublishCalls calls(Connection connection, String toNamespace) {
        return PublishCalls.of(connection.queue(toNamespace));
    }
}
