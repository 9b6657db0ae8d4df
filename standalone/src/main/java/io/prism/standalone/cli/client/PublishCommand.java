package io.prism.standalone.cli.client;

import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.publish.PublishCalls;
import io.prism.standalone.cli.client.server.Connection;
import picocli.CommandLine.Command;

/** Publishes messages. */
@Command(
        name = "publish",
        description = {
            "Publishes messages and prints each one's id, partition and offset once it is durable.",
            "A payload above 4 MiB is sent in chunks, with memory for a few of them."
        },
        footer = {
            "  prism publish orders created --text '{\"id\":1}' --key 1 --metadata type=json",
            "  prism publish videos uploads --file film.mp4",
            "  tar c . | prism publish backups daily -",
            "  tail -F app.log | prism publish logs app --lines --quiet",
            "  prism publish load test --size 1KB --count 100000 --quiet"
        })
final class PublishCommand extends PublishingCommand {
    PublishCommand() {
        this(Io.system());
    }

    PublishCommand(Io io) {
        super(io);
    }

    @Override
    PublishCalls calls(Connection connection, String toNamespace) {
        return PublishCalls.of(connection.pubSub(toNamespace));
    }
}
