package io.prism.standalone.cli;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.AdminServiceGrpc.AdminServiceBlockingStub;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.GetNamespaceRequest;
import io.prism.v1.ListNamespacesRequest;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.ValidateNamespaceRequest;
import io.prism.v1.ValidateNamespaceResponse;
import io.prism.v1.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Creates the namespaces of {@code up --namespaces} through the admin API. */
final class NamespaceFiles {
    private static final long DEADLINE_SECONDS = 60;

    private final String admin;

    NamespaceFiles(String admin) {
        this.admin = admin;
    }

    /**
     * @param file where it came from
     * @param text YAML
     */
    record Document(Path file, String text) {}

    /** Reads all, or says which one cannot be read; before anything is started. */
    static List<Document> read(List<Path> files) {
        var documents = new ArrayList<Document>();
        for (Path file : files) {
            try {
                documents.add(new Document(file, Files.readString(file)));
            } catch (IOException e) {
                throw new PrismException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "the namespace file " + file + " cannot be read: " + e.getMessage(),
                        e);
            }
        }
        return documents;
    }

    /**
     * Creates what is not there yet. A namespace that exists and means the same is left alone; one
     * that differs is left alone with a warning. An invalid document is refused with everything
     * that is wrong.
     */
    void create(List<Document> documents, Screen screen) {
        if (documents.isEmpty()) {
            return;
        }
        ManagedChannel channel = NettyChannelBuilder.forTarget(admin).usePlaintext().build();
        try {
            var stub =
                    AdminServiceGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
            for (Document document : documents) {
                create(document, stub, screen);
            }
        } catch (StatusRuntimeException e) {
            throw new PrismException(
                    ErrorCode.NAMESPACE_INVALID,
                    "the namespaces could not be created: " + e.getStatus().getDescription(),
                    e);
        } finally {
            channel.shutdownNow();
        }
    }

    private static void create(Document document, AdminServiceBlockingStub stub, Screen screen) {
        ValidateNamespaceResponse validated =
                stub.validateNamespace(
                        ValidateNamespaceRequest.newBuilder().setDocument(document.text()).build());
        if (validated.getViolationsCount() > 0) {
            throw invalid(document.file(), validated.getViolationsList());
        }
        validated
                .getWarningsList()
                .forEach(
                        w ->
                                screen.warn(
                                        document.file()
                                                + ": "
                                                + w.getPath()
                                                + ": "
                                                + w.getMessage()));
        Set<String> existing =
                stub
                        .listNamespaces(ListNamespacesRequest.getDefaultInstance())
                        .getNamespacesList()
                        .stream()
                        .map(Namespace::getName)
                        .collect(Collectors.toSet());
        var missing = new ArrayList<String>();
        for (Plan plan : validated.getPlansList()) {
            if (!existing.contains(plan.getNamespace())) {
                missing.add(plan.getNamespace());
            } else if (!same(plan, stub)) {
                screen.warn(
                        "namespace %s exists and differs from %s; it stays as it is"
                                .formatted(plan.getNamespace(), document.file()));
            }
        }
        boolean all = missing.size() == validated.getPlansCount();
        for (String text : all ? List.of(document.text()) : only(missing, document.text())) {
            stub.createNamespace(CreateNamespaceRequest.newBuilder().setDocument(text).build());
        }
        if (!missing.isEmpty()) {
            screen.line("  created " + String.join(", ", missing));
        }
    }

    /** Notes are for people and may change between versions. */
    private static boolean same(Plan plan, AdminServiceBlockingStub stub) {
        Plan there =
                stub.getNamespace(
                                GetNamespaceRequest.newBuilder()
                                        .setName(plan.getNamespace())
                                        .build())
                        .getNamespace()
                        .getPlan();
        return there.getClientApi().equals(plan.getClientApi())
                && there.getBackend().equals(plan.getBackend())
                && there.getObjectsList().equals(plan.getObjectsList())
                && chain(there).equals(chain(plan));
    }

    private static List<Object> chain(Plan plan) {
        return plan.getPatternsList().stream()
                .<Object>map(p -> List.of(p.getType(), p.getOptionsMap()))
                .toList();
    }

    /** Each of these namespaces as a document of its own. */
    private static List<String> only(List<String> names, String text) {
        return new NamespaceDocuments(List.of())
                .read(text).plans().stream()
                        .filter(p -> names.contains(p.spec().name().value()))
                        .map(NamespacePlan::source)
                        .toList();
    }

    private static PrismException invalid(Path file, List<Violation> violations) {
        String lines =
                violations.stream()
                        .map(
                                v ->
                                        "\n  line %d: %s: %s [%s]%s"
                                                .formatted(
                                                        v.getLine(),
                                                        v.getPath(),
                                                        v.getMessage(),
                                                        v.getCode(),
                                                        v.getSuggestion().isEmpty()
                                                                ? ""
                                                                : "; " + v.getSuggestion()))
                        .collect(Collectors.joining());
        return new PrismException(ErrorCode.NAMESPACE_INVALID, file + " is refused:" + lines);
    }
}
