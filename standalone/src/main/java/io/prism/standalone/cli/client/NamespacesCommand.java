package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.document.PlanTree;
import io.prism.standalone.cli.client.document.ReportJson;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.DeleteNamespaceRequest;
import io.prism.v1.GetNamespaceRequest;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.PlannedPattern;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists, shows and deletes namespaces. */
@Command(
        name = "namespaces",
        description = "Lists, shows and deletes namespaces.",
        footer = {
            "  prism namespaces",
            "  prism namespaces --json | jq -r .name",
            "  prism namespaces get orders",
            "  prism namespaces delete orders --delete-data --yes"
        })
final class NamespacesCommand extends ClientCommand {
    /** What to do. */
    enum Action {
        LIST,
        GET,
        DELETE;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "${COMPLETION-CANDIDATES}. Default: list.")
    private Action action = Action.LIST;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "The namespace.")
    private @Nullable String name;

    @Option(
            names = "--delete-data",
            description = "With delete: also its topics, subscriptions and stored payloads.")
    private boolean deleteData;

    @Option(names = "--yes", description = "With delete: do not ask.")
    private boolean yes;

    NamespacesCommand() {
        this(Io.system());
    }

    NamespacesCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        return switch (action) {
            case LIST -> list();
            case GET -> get(required());
            case DELETE -> delete(required());
        };
    }

    private String required() {
        if (name == null) {
            throw usage("namespaces " + action + " needs a NAME");
        }
        return name;
    }

    private ExitCode list() throws StatusException {
        if (name != null) {
            throw usage("namespaces list takes no NAME");
        }
        try (Connection connection = adminApi()) {
            List<Namespace> namespaces =
                    connection
                            .admin()
                            .listNamespaces(ListNamespacesRequest.getDefaultInstance())
                            .getNamespacesList();
            if (json()) {
                namespaces.forEach(namespace -> print(ReportJson.namespace(namespace)));
            } else {
                printTable(namespaces);
            }
        }
        return ExitCode.OK;
    }

    private void printTable(List<Namespace> namespaces) {
        if (namespaces.isEmpty()) {
            err().println("no namespaces yet; `prism apply FILE` creates them");
            return;
        }
        int width = namespaces.stream().mapToInt(one -> one.getName().length()).max().orElse(0);
        for (Namespace namespace : namespaces) {
            out().printf(
                            "%-" + width + "s  %-8s  %s%n",
                            namespace.getName(),
                            namespace.getClientApi(),
                            chain(namespace.getPlan()));
        }
    }

    private static String chain(Plan plan) {
        return plan.getPatternsList().stream()
                        .map(PlannedPattern::getType)
                        .map(type -> type + " → ")
                        .collect(Collectors.joining())
                + plan.getBackend().getType();
    }

    private ExitCode get(String namespace) throws StatusException {
        try (Connection connection = adminApi()) {
            Namespace found =
                    connection
                            .admin()
                            .getNamespace(
                                    GetNamespaceRequest.newBuilder().setName(namespace).build())
                            .getNamespace();
            if (json()) {
                print(ReportJson.namespace(found));
                return ExitCode.OK;
            }
            if (found.hasCreatedAt()) {
                out().println("# created " + Json.time(found.getCreatedAt()));
            }
            out().print(found.getDocument());
            out().println();
            if (found.hasPlan()) {
                new PlanTree(out(), ansi()).print(found.getPlan(), true);
            }
        }
        return ExitCode.OK;
    }

    private ExitCode delete(String namespace) throws StatusException, IOException {
        String what =
                deleteData
                        ? "namespace " + namespace + " with its topics, subscriptions and payloads"
                        : "namespace " + namespace + " (its topics and payloads stay)";
        if (!yes && !new Confirmation(io().in(), err()).given("Delete " + what + "?")) {
            err().println("not deleted");
            return ExitCode.NO;
        }
        try (Connection connection = adminApi()) {
            connection
                    .admin()
                    .deleteNamespace(
                            DeleteNamespaceRequest.newBuilder()
                                    .setName(namespace)
                                    .setDeleteData(deleteData)
                                    .build());
        }
        if (json()) {
            print(Json.object().put("deleted", namespace).put("data_deleted", deleteData));
        } else {
            out().println("deleted " + what);
        }
        return ExitCode.OK;
    }
}
