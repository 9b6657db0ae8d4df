package io.prism.bench.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** A report for programs. */
public final class JsonReport {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private JsonReport() {}

    /** One object; absent facts are absent fields. */
    public static String of(Report report) {
        ObjectNode root = JSON.objectNode();
        root.put("at", report.at().toString());
        root.set("machine", machine(report.machine()));
        root.put("timing", report.timing());
        var scenarios = root.putArray("scenarios");
        report.outcomes().forEach(it -> scenarios.add(outcome(it)));
        return root.toPrettyString();
    }

    private static ObjectNode machine(Machine machine) {
        return JSON.objectNode()
                .put("cores", machine.cores())
                .put("memoryGib", machine.memoryGib())
                .put("system", machine.system())
                .put("jdk", machine.jdk());
    }

    private static ObjectNode outcome(Outcome outcome) {
        ObjectNode node = JSON.objectNode();
        node.put("name", outcome.scenario());
        node.put("measures", outcome.measures());
        node.put("failed", outcome.failed());
        ObjectNode settings = node.putObject("settings");
        outcome.settings().forEach(settings::put);
        node.put("baseline", outcome.baselineName());
        var rows = node.putArray("rows");
        outcome.rows().forEach(it -> rows.add(row(it)));
        node.set("prismCounts", counts(outcome.prism()));
        node.set("baselineCounts", counts(outcome.baseline()));
        var problems = node.putArray("problems");
        outcome.problems().forEach(problems::add);
        return node;
    }

    private static ObjectNode row(Row row) {
        ObjectNode node = JSON.objectNode();
        node.put("metric", row.metric().label());
        node.put("unit", row.metric().unit());
        node.set("prism", summary(row.prism()));
        row.baseline().ifPresent(it -> node.set("baseline", summary(it)));
        row.ratio().ifPresent(it -> node.put("ratio", it));
        row.budget().ifPresent(it -> node.put("budget", it.toString()));
        Optional<Boolean> met = row.met();
        met.ifPresent(it -> node.put("met", it));
        return node;
    }

    private static ObjectNode counts(Outcome.Counts counts) {
        return JSON.objectNode()
                .put("acknowledged", counts.acknowledged())
                .put("failed", counts.failed());
    }

    private static ObjectNode summary(Summary summary) {
        return JSON.objectNode()
                .put("median", summary.median())
                .put("min", summary.min())
                .put("max", summary.max());
    }
}
