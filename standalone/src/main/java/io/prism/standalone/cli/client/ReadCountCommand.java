package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.core.condition.Conditions;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.CountRequest;
import io.prism.v1.CountResponse;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints how many rows there are. */
@Command(
        name = "count",
        description = "Prints how many rows there are.",
        footer = {
            "  prism read count shop orders",
            "  prism read count shop orders --where 'total>=10' --where status=open"
        })
final class ReadCountCommand extends ClientCommand {
    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            paramLabel = "COLLECTION",
            description = "One of the namespace's collections: table, or schema.table.")
    private String collection = "";

    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description =
                    "A column, an operator and a value: total>=10. May be given several times."
                            + " Operators: "
                            + Conditions.OPERATORS
                            + ".")
    private List<String> where = List.of();

    @Option(names = "--any", description = "Rows for which any condition holds, and not all.")
    private boolean any;

    ReadCountCommand() {
        this(Io.system());
    }

    ReadCountCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        CountRequest.Builder request = CountRequest.newBuilder().setCollection(collection);
        try {
            Conditions.filter(where, any).ifPresent(request::setFilter);
        } catch (IllegalArgumentException e) {
            throw usage("--where: " + e.getMessage());
        }
        try (Connection connection = dataPlane()) {
            CountResponse response =
                    connection
                            .reader(namespace)
                            .withDeadlineAfter(ServerOptions.callTimeout())
                            .count(request.build());
            if (json()) {
                print(
                        Json.object()
                                .put("count", response.getCount())
                                .put("as_of", Json.time(response.getAsOf()))
                                .put("position", response.getPosition()));
            } else {
                out().println(response.getCount());
            }
        }
        return ExitCode.OK;
    }
}
