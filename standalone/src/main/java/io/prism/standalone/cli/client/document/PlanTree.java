package io.prism.standalone.cli.client.document;

import io.prism.v1.BackendObject;
import io.prism.v1.Plan;
import io.prism.v1.PlannedPattern;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/**
 * A plan as a tree: the chain in the order a publish passes it, why each link is there, what it
 * stands on, and the notes.
 */
public final class PlanTree {
    private final PrintWriter out;
    private final Ansi ansi;

    public PlanTree(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    /**
     * @param availabilityKnown whether the plan's patterns say if the server can run them
     */
    public void print(Plan plan, boolean availabilityKnown) {
        out.println(
                ansi.string("@|bold " + plan.getNamespace() + "|@ (" + plan.getClientApi() + ")"));
        List<Branch> branches = new ArrayList<>();
        branches.add(chain(plan, availabilityKnown));
        if (plan.getObjectsCount() > 0) {
            branches.add(new Branch("objects", objects(plan)));
        }
        if (plan.getNotesCount() > 0) {
            branches.add(
                    new Branch("notes", plan.getNotesList().stream().map(Branch::leaf).toList()));
        }
        printAll(branches, "");
    }

    private static Branch chain(Plan plan, boolean availabilityKnown) {
        List<Branch> links = new ArrayList<>();
        for (PlannedPattern pattern : plan.getPatternsList()) {
            links.add(pattern(pattern, availabilityKnown));
        }
        links.add(
                new Branch(
                        "backend " + plan.getBackend().getType(),
                        options(plan.getBackend().getOptionsMap())));
        String names =
                plan.getPatternsList().stream()
                        .map(pattern -> pattern.getType() + " → ")
                        .collect(Collectors.joining());
        return new Branch("chain: publish → " + names + plan.getBackend().getType(), links);
    }

    private static Branch pattern(PlannedPattern pattern, boolean availabilityKnown) {
        String version = pattern.getVersion() > 0 ? "@" + pattern.getVersion() : "";
        String missing =
                availabilityKnown && !pattern.getAvailable() ? "  [not available here yet]" : "";
        List<Branch> children = new ArrayList<>();
        if (!pattern.getReason().isEmpty()) {
            children.add(Branch.leaf("why: " + pattern.getReason()));
        }
        children.addAll(options(pattern.getOptionsMap()));
        return new Branch(pattern.getType() + version + missing, children);
    }

    private static List<Branch> objects(Plan plan) {
        List<Branch> objects = new ArrayList<>();
        for (BackendObject object : plan.getObjectsList()) {
            objects.add(
                    new Branch(
                            object.getKind() + " " + object.getName(),
                            options(object.getSettingsMap())));
        }
        return objects;
    }

    private static List<Branch> options(Map<String, String> options) {
        if (options.isEmpty()) {
            return List.of();
        }
        return new TreeMap<>(options)
                .entrySet().stream()
                        .map(entry -> Branch.leaf(entry.getKey() + " = " + entry.getValue()))
                        .toList();
    }

    private void printAll(List<Branch> branches, String indent) {
        for (int i = 0; i < branches.size(); i++) {
            boolean last = i == branches.size() - 1;
            Branch branch = branches.get(i);
            out.println(indent + (last ? "└─ " : "├─ ") + branch.text());
            printAll(branch.children(), indent + (last ? "   " : "│  "));
        }
    }

    private record Branch(String text, List<Branch> children) {
        static Branch leaf(String text) {
            return new Branch(text, List.of());
        }
    }
}
