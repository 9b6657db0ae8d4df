package io.prism.standalone.cli.client;

import io.grpc.Status;
import io.grpc.StatusException;
import io.prism.core.spec.NamespaceName;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.document.DocumentReport;
import io.prism.standalone.cli.client.document.DocumentSource;
import io.prism.standalone.cli.client.document.LocalDocuments;
import io.prism.standalone.cli.client.document.PlanTree;
import io.prism.standalone.cli.client.document.ReportJson;
import io.prism.standalone.cli.client.document.ReportText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerError;
import io.prism.v1.ExplainNamespaceRequest;
import io.prism.v1.ExplainNamespaceResponse;
import io.prism.v1.Plan;
import io.prism.v1.ValidateNamespaceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a namespace is, or would become, and why. */
@Command(
        name = "explain",
        description = {
            "Shows a namespace's chain of patterns, why each is there, the topics and buckets it",
            "stands on, and the decisions that were made.",
            "A file is explained without a server; a namespace that exists is asked for."
        },
        footer = {
            "  prism explain orders",
            "  prism explain namespaces.yaml",
            "  prism explain namespaces.yaml --server    also says which patterns this Prism runs"
        })
final class ExplainCommand extends ClientCommand {
    @Parameters(
            paramLabel = "NAME|FILE",
            description =
                    "A namespace; or a YAML file (what names no file and could be a namespace's name"
                            + " is one); - is standard input.")
    private String subject = "";

    @Option(names = "--server", description = "Let a running Prism explain the file.")
    private boolean atServer;

    ExplainCommand() {
        this(Io.system());
    }

    ExplainCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        if (!isFile()) {
            return explain(ExplainNamespaceRequest.newBuilder().setName(subject).build());
        }
        DocumentSource source = DocumentSource.read(subject, io().in());
        if (!atServer) {
            return print(source, new LocalDocuments().read(source.text()));
        }
        try {
            return explain(ExplainNamespaceRequest.newBuilder().setDocument(source.text()).build());
        } catch (StatusException e) {
            if (!isInvalid(e)) {
                throw e;
            }
            return print(source, validate(source));
        }
    }

    private boolean isFile() {
        return subject.equals("-")
                || !NamespaceName.isValid(subject)
                || Files.isRegularFile(Path.of(subject));
    }

    private ExitCode explain(ExplainNamespaceRequest request) throws StatusException {
        try (Connection connection = adminApi()) {
            ExplainNamespaceResponse response = connection.admin().explainNamespace(request);
            print(DocumentReport.of(response));
            return ExitCode.OK;
        }
    }

    private DocumentReport validate(DocumentSource source) throws StatusException {
        try (Connection connection = adminApi()) {
            return DocumentReport.of(
                    connection
                            .admin()
                            .validateNamespace(
                                    ValidateNamespaceRequest.newBuilder()
                                            .setDocument(source.text())
                                            .build()));
        }
    }

    private ExitCode print(DocumentSource source, DocumentReport report) {
        if (report.valid()) {
            print(report);
            return ExitCode.OK;
        }
        if (json()) {
            print(ReportJson.report(source, report));
        } else {
            new ReportText(out(), ansi()).print(source, report);
        }
        return ExitCode.NO;
    }

    private void print(DocumentReport report) {
        ReportText warnings = new ReportText(err(), ansi());
        PlanTree tree = new PlanTree(out(), ansi());
        if (!json()) {
            report.warnings().forEach(warning -> warnings.print(subject, warning));
        }
        for (Plan plan : report.plans()) {
            if (json()) {
                print(ReportJson.plan(plan, report.availabilityKnown()));
            } else {
                tree.print(plan, report.availabilityKnown());
            }
        }
    }

    private static boolean isInvalid(StatusException e) {
        Status status = e.getStatus();
        return ServerError.of(status, e.getTrailers()).reason().equals("NAMESPACE_INVALID");
    }
}
