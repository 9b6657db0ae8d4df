package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.GetTopicInfoRequest;
import io.prism.v1.GetTopicInfoResponse;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how full a queue is. */
@Command(
        name = "info",
        description = {
            "Says how much of a queue waits, is in flight and is dead.",
            "In flight and consumers are those of the gateway that answers."
        },
        footer = {
            "  prism queue info work jobs",
            "  prism queue info work jobs --group encoders",
            "  prism queue info work jobs --json | jq .dead_letters"
        })
final class QueueInfoCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(index = "1", paramLabel = "TOPIC", description = "The queue in the namespace.")
    private String topic = "";

    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = "The consumers that share the work. Default: default.")
    private String group = "";

    QueueInfoCommand() {
        this(Io.system());
    }

    QueueInfoCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        GetTopicInfoRequest request =
                GetTopicInfoRequest.newBuilder().setTopic(topic).setGroup(group).build();
        try (Connection connection = dataPlane()) {
            show(
                    connection
                            .queue(namespace)
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .getTopicInfo(request));
        }
        return ExitCode.OK;
    }

    private void show(GetTopicInfoResponse info) {
        if (json()) {
            print(
                    Json.object()
                            .put("namespace", namespace)
                            .put("topic", info.getTopic())
                            .put("group", info.getGroup())
                            .put("depth", info.getDepth())
                            .put("in_flight", info.getInFlight())
                            .put("dead_letters", info.getDeadLetters())
                            .put("consumers", info.getConsumers())
                            .put("stored", info.getStored())
                            .put("partitions", info.getPartitions()));
            return;
        }
        out().printf(
                        Locale.ROOT,
                        "%s, group %s: %,d not accepted yet, %,d of them in flight; %,d dead;"
                                + " %d consumers; %,d stored in %d partitions%n",
                        PayloadText.safe(info.getTopic()),
                        PayloadText.safe(info.getGroup()),
                        info.getDepth(),
                        info.getInFlight(),
                        info.getDeadLetters(),
                        info.getConsumers(),
                        info.getStored(),
                        info.getPartitions());
    }
}
