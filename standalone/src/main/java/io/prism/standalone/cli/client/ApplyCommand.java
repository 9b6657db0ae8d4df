package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.Status;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.document.DocumentReport;
import io.prism.standalone.cli.client.document.DocumentSource;
import io.prism.standalone.cli.client.document.PlanTree;
import io.prism.standalone.cli.client.document.ReportJson;
import io.prism.standalone.cli.client.document.ReportText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.CreateNamespaceResponse;
import io.prism.v1.Namespace;
import io.prism.v1.ValidateNamespaceRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Creates the namespaces of documents. */
@Command(
        name = "apply",
        description = {
            "Creates the namespaces of documents, with their topics and buckets.",
            "Returns when they are usable. Each document is created whole or not at all; the",
            "first one that fails ends the command."
        },
        footer = {
            "  prism apply namespaces.yaml",
            "  prism apply --json orders.yaml | jq -r .plan.objects[].name",
            "  sed s/ENV/test/ template.yaml | prism apply -"
        })
final class ApplyCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML; - is standard input.")
    private List<String> files = List.of();

    ApplyCommand() {
        this(Io.system());
    }

    ApplyCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        try (Connection connection = adminApi()) {
            for (String file : files) {
                DocumentSource source = DocumentSource.read(file, io().in());
                ExitCode code = apply(connection, source);
                if (code != ExitCode.OK) {
                    return code;
                }
            }
        }
        return ExitCode.OK;
    }

    private ExitCode apply(Connection connection, DocumentSource source) throws StatusException {
        CreateNamespaceRequest request =
                CreateNamespaceRequest.newBuilder().setDocument(source.text()).build();
        try {
            print(source, connection.admin().createNamespace(request));
            return ExitCode.OK;
        } catch (StatusException e) {
            Status status = e.getStatus();
            if (!ServerError.of(status, e.getTrailers()).reason().equals("NAMESPACE_INVALID")) {
                throw e;
            }
            return explainRefusal(connection, source, e);
        }
    }

    /** The refusal names fields; validation at the same server also knows their lines. */
    private ExitCode explainRefusal(
            Connection connection, DocumentSource source, StatusException refusal)
            throws StatusException {
        DocumentReport report =
                DocumentReport.of(
                        connection
                                .admin()
                                .validateNamespace(
                                        ValidateNamespaceRequest.newBuilder()
                                                .setDocument(source.text())
                                                .build()));
        if (report.valid()) {
            throw refusal;
        }
        if (json()) {
            print(ReportJson.report(source, report));
        } else {
            new ReportText(err(), ansi()).print(source, report);
            err().println("nothing was created");
        }
        return ExitCode.NO;
    }

    private void print(DocumentSource source, CreateNamespaceResponse response) {
        if (json()) {
            for (Namespace namespace : response.getNamespacesList()) {
                ObjectNode node = Json.object().put("file", source.name()).put("created", true);
                node.setAll(ReportJson.namespace(namespace));
                node.set("warnings", ReportJson.warnings(response.getWarningsList()));
                print(node);
            }
            return;
        }
        ReportText warnings = new ReportText(err(), ansi());
        response.getWarningsList().forEach(warning -> warnings.print(source.name(), warning));
        PlanTree tree = new PlanTree(out(), ansi());
        for (Namespace namespace : response.getNamespacesList()) {
            out().println(ansi().string("@|green created|@ " + namespace.getName()));
            if (namespace.hasPlan()) {
                tree.print(namespace.getPlan(), true);
            }
        }
    }
}
