package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.CountRequest;
import io.prism.v1.CountResponse;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

    @Mixin private WhereOptions where = new WhereOptions();

    ReadCountCommand() {
        this(Io.system());
    }

    ReadCountCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException {
        CountRequest.Builder request = CountRequest.newBuilder().setCollection(collection);
        where.filter().ifPresent(request::setFilter);
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
