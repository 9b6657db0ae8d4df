package io.prism.standalone.cli.client.document;

import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.ParsedDocument;
import io.prism.v1.BackendObject;
import io.prism.v1.Plan;
import io.prism.v1.PlannedBackend;
import io.prism.v1.PlannedPattern;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.util.List;

/** Reads documents in this process: the same rules as a server's, without one. */
public final class LocalDocuments {
    private final NamespaceDocuments documents = new NamespaceDocuments(List.of());

    public DocumentReport read(String yaml) {
        ParsedDocument parsed = documents.read(yaml);
        return new DocumentReport(
                parsed.violations().stream().map(LocalDocuments::violation).toList(),
                parsed.warnings().stream().map(LocalDocuments::warning).toList(),
                parsed.plans().stream().map(LocalDocuments::plan).toList(),
                false);
    }

    private static Violation violation(ParsedDocument.Violation violation) {
        return Violation.newBuilder()
                .setPath(violation.path())
                .setCode(violation.code())
                .setMessage(violation.message())
                .setFound(violation.found())
                .addAllAllowed(violation.allowed())
                .setSuggestion(violation.suggestion())
                .setLine(violation.line())
                .setColumn(violation.column())
                .build();
    }

    private static Warning warning(ParsedDocument.Warning warning) {
        return Warning.newBuilder()
                .setPath(warning.path())
                .setCode(warning.code())
                .setMessage(warning.message())
                .build();
    }

    private static Plan plan(NamespacePlan plan) {
        Plan.Builder builder =
                Plan.newBuilder()
                        .setNamespace(plan.spec().name().value())
                        .setClientApi(plan.spec().api().label())
                        .setBackend(backend(plan.spec().backend()))
                        .addAllNotes(plan.notes());
        for (NamespacePlan.PlannedPattern pattern : plan.patterns()) {
            builder.addPatterns(
                    PlannedPattern.newBuilder()
                            .setType(pattern.spec().type())
                            .setReason(pattern.reason())
                            .putAllOptions(pattern.options()));
        }
        for (NamespacePlan.BackendObject object : plan.objects()) {
            builder.addObjects(
                    BackendObject.newBuilder()
                            .setKind(object.kind())
                            .setName(object.name())
                            .putAllSettings(object.settings()));
        }
        return builder.build();
    }

    private static PlannedBackend backend(BackendSpec spec) {
        PlannedBackend.Builder builder = PlannedBackend.newBuilder().setType(spec.type());
        switch (spec) {
            case BackendSpec.Kafka kafka -> {
                kafka.topic().ifPresent(topic -> builder.putOptions("topic", topic));
                builder.putOptions("topic_prefix", kafka.topicPrefix());
                builder.putOptions("partitions", String.valueOf(kafka.partitions()));
                kafka.replication()
                        .ifPresent(n -> builder.putOptions("replication", String.valueOf(n)));
                kafka.retention()
                        .ifPresent(time -> builder.putOptions("retention", time.toString()));
                if (!kafka.brokers().isEmpty()) {
                    builder.putOptions("brokers", String.join(",", kafka.brokers()));
                }
            }
            case BackendSpec.Postgres postgres ->
                    builder.putOptions("database", postgres.database());
            case BackendSpec.Other _ -> {}
        }
        return builder.build();
    }
}
