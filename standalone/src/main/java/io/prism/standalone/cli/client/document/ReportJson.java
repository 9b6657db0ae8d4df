package io.prism.standalone.cli.client.document;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prism.standalone.cli.client.console.Json;
import io.prism.v1.BackendObject;
import io.prism.v1.Namespace;
import io.prism.v1.Plan;
import io.prism.v1.PlannedPattern;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.util.List;

/** Documents, plans and namespaces as JSON, with the gRPC contract's field names. */
public final class ReportJson {
    private ReportJson() {}

    /** {@code {file, valid, violations[], warnings[], plans[]}}. */
    public static ObjectNode report(DocumentSource source, DocumentReport report) {
        ObjectNode node = Json.object();
        node.put("file", source.name());
        node.put("valid", report.valid());
        ArrayNode violations = node.putArray("violations");
        report.violations().forEach(violation -> violations.add(violation(violation)));
        node.set("warnings", warnings(report.warnings()));
        ArrayNode plans = node.putArray("plans");
        report.plans().forEach(plan -> plans.add(plan(plan, report.availabilityKnown())));
        return node;
    }

    public static ArrayNode warnings(List<Warning> warnings) {
        ArrayNode array = Json.object().putArray("warnings");
        warnings.forEach(
                warning ->
                        array.addObject()
                                .put("path", warning.getPath())
                                .put("code", warning.getCode())
                                .put("message", warning.getMessage()));
        return array;
    }

    /** A namespace that exists. */
    public static ObjectNode namespace(Namespace namespace) {
        ObjectNode node = Json.object();
        node.put("name", namespace.getName());
        node.put("client_api", namespace.getClientApi());
        if (namespace.hasCreatedAt()) {
            node.put("created_at", Json.time(namespace.getCreatedAt()));
        }
        node.put("document", namespace.getDocument());
        if (namespace.hasPlan()) {
            node.set("plan", plan(namespace.getPlan(), true));
        }
        return node;
    }

    /** A plan; {@code available} is left out where it is not known. */
    public static ObjectNode plan(Plan plan, boolean availabilityKnown) {
        ObjectNode node = Json.object();
        node.put("namespace", plan.getNamespace());
        node.put("client_api", plan.getClientApi());
        ArrayNode patterns = node.putArray("patterns");
        for (PlannedPattern pattern : plan.getPatternsList()) {
            ObjectNode one = patterns.addObject();
            one.put("type", pattern.getType());
            if (pattern.getVersion() > 0) {
                one.put("version", pattern.getVersion());
            }
            one.put("reason", pattern.getReason());
            one.set("options", Json.object(pattern.getOptionsMap()));
            if (availabilityKnown) {
                one.put("available", pattern.getAvailable());
            }
        }
        ObjectNode backend = node.putObject("backend");
        backend.put("type", plan.getBackend().getType());
        backend.set("options", Json.object(plan.getBackend().getOptionsMap()));
        ArrayNode objects = node.putArray("objects");
        for (BackendObject object : plan.getObjectsList()) {
            ObjectNode one = objects.addObject();
            one.put("kind", object.getKind());
            one.put("name", object.getName());
            one.set("settings", Json.object(object.getSettingsMap()));
        }
        ArrayNode notes = node.putArray("notes");
        plan.getNotesList().forEach(notes::add);
        return node;
    }

    private static ObjectNode violation(Violation violation) {
        ObjectNode node = Json.object();
        node.put("path", violation.getPath());
        node.put("code", violation.getCode());
        node.put("message", violation.getMessage());
        node.put("found", violation.getFound());
        ArrayNode allowed = node.putArray("allowed");
        violation.getAllowedList().forEach(allowed::add);
        node.put("suggestion", violation.getSuggestion());
        if (violation.getLine() > 0) {
            node.put("line", violation.getLine());
            node.put("column", violation.getColumn());
        }
        return node;
    }
}
