package io.prism.standalone.cli.client;

import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.document.DocumentReport;
import io.prism.standalone.cli.client.document.DocumentSource;
import io.prism.standalone.cli.client.document.LocalDocuments;
import io.prism.standalone.cli.client.document.ReportJson;
import io.prism.standalone.cli.client.document.ReportText;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.ValidateNamespaceRequest;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says everything that is wrong with namespace documents. */
@Command(
        name = "validate",
        description = {
            "Checks namespace documents and shows every violation at once.",
            "Needs no server; with --server a running Prism checks (it knows patterns of its own)."
        },
        footer = {
            "  prism validate namespaces.yaml",
            "  prism validate --json *.yaml | jq -r 'select(.valid | not) | .file'",
            "  kubectl get configmap prism -o jsonpath='{.data.yaml}' | prism validate -"
        })
final class ValidateCommand extends ClientCommand {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "YAML; - is standard input.")
    private List<String> files = List.of();

    @Option(names = "--server", description = "Ask a running Prism.")
    private boolean atServer;

    ValidateCommand() {
        this(Io.system());
    }

    ValidateCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        boolean valid = true;
        for (String file : files) {
            DocumentSource source = DocumentSource.read(file, io().in());
            DocumentReport report =
                    atServer ? ask(source) : new LocalDocuments().read(source.text());
            if (json()) {
                print(ReportJson.report(source, report));
            } else {
                new ReportText(out(), ansi()).print(source, report);
            }
            valid &= report.valid();
        }
        return valid ? ExitCode.OK : ExitCode.NO;
    }

    private DocumentReport ask(DocumentSource source) throws StatusException {
        try (Connection admin = adminApi()) {
            return DocumentReport.of(
                    admin.admin()
                            .validateNamespace(
                                    ValidateNamespaceRequest.newBuilder()
                                            .setDocument(source.text())
                                            .build()));
        }
    }
}
