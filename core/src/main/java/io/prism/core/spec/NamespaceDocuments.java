package io.prism.core.spec;

import io.prism.core.spec.ParsedDocument.Warning;
import io.prism.core.spec.yaml.Place;
import io.prism.core.spec.yaml.YamlNode;
import io.prism.core.spec.yaml.YamlProblem;
import io.prism.core.spec.yaml.YamlReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads namespace documents: YAML text with a top-level {@code namespaces} list. Stateless and
 * thread-safe.
 *
 * <p>The key {@code namespaces} may stand several times; the sections are read as one list, in
 * which a later section's namespace replaces an earlier section's of the same name.
 */
public final class NamespaceDocuments {
    private static final String NAMESPACES = "namespaces";
    private static final int MOST_NAMESPACES = 1_000;

    private final NamespaceReader reader;

    /**
     * @param customPatterns the types of patterns beyond the built-in ones that this process has
     */
    public NamespaceDocuments(List<String> customPatterns) {
        this.reader = new NamespaceReader(List.copyOf(customPatterns));
    }

    /** Never throws for what a document says: everything that is wrong is a violation. */
    public ParsedDocument read(String yaml) {
        Problems problems = new Problems();
        YamlReader.Result text = YamlReader.read(yaml);
        text.problems().forEach(problem -> report(problem, problems));
        List<NamespaceDraft> drafts =
                text.problems().isEmpty() ? readRoot(text.root(), problems) : List.of();
        checkApart(drafts, problems);
        List<Warning> warnings = problems.warnings();
        return problems.none()
                ? new ParsedDocument(
                        drafts.stream().map(draft -> draft.plan().orElseThrow()).toList(),
                        List.of(),
                        warnings)
                : new ParsedDocument(List.of(), problems.violations(), warnings);
    }

    private static void report(YamlProblem problem, Problems problems) {
        ViolationCode code =
                switch (problem.kind()) {
                    case SYNTAX -> ViolationCode.YAML_SYNTAX;
                    case TOO_LARGE -> ViolationCode.YAML_TOO_LARGE;
                    case TOO_DEEP -> ViolationCode.YAML_TOO_DEEP;
                    case ALIASES -> ViolationCode.YAML_ALIASES;
                    case TAG -> ViolationCode.YAML_TAG;
                    case CHARACTER -> ViolationCode.YAML_CHARACTER;
                    case DOCUMENTS -> ViolationCode.YAML_DOCUMENTS;
                    case KEY -> ViolationCode.YAML_KEY;
                };
        problems.add(
                "",
                problem.place(),
                code,
                problem.message(),
                Shown.of(problem.found()),
                List.of(),
                problem.suggestion());
    }

    private List<NamespaceDraft> readRoot(Optional<YamlNode> root, Problems problems) {
        if (root.isEmpty() || root.get().isNothing()) {
            problems.add(
                    NAMESPACES,
                    root.map(YamlNode::place).orElse(Place.NONE),
                    ViolationCode.MISSING_OPTION,
                    "The document is empty",
                    "",
                    List.of("a list of namespaces"),
                    "begin it with `namespaces:`");
            return List.of();
        }
        At at = At.root(root.get());
        if (!(root.get() instanceof YamlNode.Mapping mapping)) {
            problems.wrong(
                    at,
                    ViolationCode.INVALID_VALUE,
                    "A document must be a mapping with `namespaces`",
                    List.of(NAMESPACES),
                    root.get() instanceof YamlNode.Sequence
                            ? "put the list under `namespaces:`"
                            : "begin it with `namespaces:`, with a space or a new line after the"
                                    + " colon");
            return List.of();
        }
        List<At> sections =
                mapping.entries().stream()
                        .filter(entry -> entry.key().equals(NAMESPACES))
                        .map(at::entry)
                        .toList();
        if (sections.isEmpty() && looksLikeNamespace(mapping)) {
            problems.missing(
                    at,
                    NAMESPACES,
                    "A namespace must stand in the list `namespaces`",
                    List.of(),
                    "begin the document with `namespaces:` and write `- name: …` below it");
            return List.of();
        }
        for (YamlNode.Entry entry : mapping.entries()) {
            if (!entry.key().equals(NAMESPACES)) {
                problems.unknown(
                        at.entry(entry),
                        ViolationCode.UNKNOWN_OPTION,
                        entry.key(),
                        "option of a document",
                        List.of(NAMESPACES));
            }
        }
        if (sections.isEmpty()) {
            problems.missing(
                    at, NAMESPACES, "`namespaces` is missing", List.of(), "add `namespaces:`");
        }
        if (sections.stream().mapToInt(NamespaceDocuments::size).sum() > MOST_NAMESPACES) {
            problems.wrong(
                    sections.getFirst(),
                    ViolationCode.INVALID_VALUE,
                    "The document has more than " + MOST_NAMESPACES + " namespaces",
                    List.of("up to " + MOST_NAMESPACES + " namespaces"),
                    "split the document");
            return List.of();
        }
        return merged(
                sections.stream().map(section -> readSection(section, problems)).toList(),
                problems);
    }

    private static boolean looksLikeNamespace(YamlNode.Mapping mapping) {
        return mapping.entries().stream()
                .map(YamlNode.Entry::key)
                .anyMatch(
                        List.of("name", "namespace", "client_api", "patterns", "backend")
                                ::contains);
    }

    /** An empty section counts, too: it takes its time. */
    private static int size(At section) {
        return section.node() instanceof YamlNode.Sequence sequence
                ? Math.max(1, sequence.items().size())
                : 1;
    }

    private List<NamespaceDraft> readSection(At section, Problems problems) {
        if (!(section.node() instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
            problems.wrong(
                    section.value(),
                    ViolationCode.INVALID_VALUE,
                    section.node() instanceof YamlNode.Sequence || section.node().isNothing()
                            ? "`namespaces` lists none"
                            : "`namespaces` must be a list",
                    List.of("a list of mappings with a name"),
                    "begin each namespace with a dash: `- name: …`");
            return List.of();
        }
        List<NamespaceDraft> drafts = new ArrayList<>();
        Map<NamespaceName, At> seen = new HashMap<>();
        for (At item : DuplicateKeys.removed(section, problems).items()) {
            NamespaceDraft draft = reader.read(item, problems);
            drafts.add(draft);
            if (draft.name().isPresent()) {
                Optional<At> twin = Optional.ofNullable(seen.putIfAbsent(draft.name().get(), item));
                twin.ifPresent(
                        first ->
                                problems.wrong(
                                        item,
                                        ViolationCode.DUPLICATE_NAMESPACE,
                                        "`"
                                                + draft.name().get()
                                                + "` is already declared in line "
                                                + first.place().line(),
                                        draft.name().get().value(),
                                        List.of(),
                                        "give each namespace its own name"));
            }
        }
        return drafts;
    }

    private static List<NamespaceDraft> merged(
            List<List<NamespaceDraft>> sections, Problems problems) {
        List<NamespaceDraft> result = new ArrayList<>();
        for (List<NamespaceDraft> section : sections) {
            Set<NamespaceName> earlier = names(result);
            Set<NamespaceName> replaced = names(section);
            replaced.retainAll(earlier);
            result.removeIf(draft -> draft.name().filter(replaced::contains).isPresent());
            for (NamespaceDraft draft : section) {
                draft.name()
                        .filter(replaced::contains)
                        .ifPresent(
                                name ->
                                        problems.warn(
                                                draft.at().path(),
                                                WarningCode.NAMESPACE_REPLACED,
                                                "The namespace `"
                                                        + name
                                                        + "` of line "
                                                        + draft.at().place().line()
                                                        + " replaces the one of an earlier"
                                                        + " `namespaces` section"));
                result.add(draft);
            }
        }
        return result;
    }

    private static Set<NamespaceName> names(List<NamespaceDraft> drafts) {
        return drafts.stream()
                .flatMap(draft -> draft.name().stream())
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** No two namespaces may reach each other's topics or objects. */
    private static void checkApart(List<NamespaceDraft> drafts, Problems problems) {
        List<List<TopicSpace>> topics = drafts.stream().map(NamespaceDraft::topics).toList();
        List<List<PatternSpec.Storage>> stores =
                drafts.stream().map(NamespaceDraft::stores).toList();
        for (int b = 1; b < drafts.size(); b++) {
            for (int a = 0; a < b; a++) {
                Optional<TopicSpace> its = TopicSpace.overlap(topics.get(b), topics.get(a));
                Optional<PatternSpec.Storage> shared = overlap(stores.get(a), stores.get(b));
                if ((its.isEmpty() && shared.isEmpty())
                        || drafts.get(a).name().equals(drafts.get(b).name())) {
                    continue; // two of one name are reported as duplicates
                }
                if (its.isPresent()) {
                    problems.wrong(
                            drafts.get(b).at(),
                            ViolationCode.TOPIC_OVERLAP,
                            "Its topics could be those of " + quoted(drafts.get(a)),
                            its.get().toString(),
                            List.of(),
                            "give each its own backend.topic or backend.topic_prefix");
                }
                if (shared.isPresent()) {
                    problems.wrong(
                            drafts.get(b).at(),
                            ViolationCode.STORAGE_OVERLAP,
                            "Its stored objects could be those of " + quoted(drafts.get(a)),
                            shared.get().prefix(),
                            List.of(),
                            "give each its own storage.prefix, neither inside the other");
                }
            }
        }
    }

    private static Optional<PatternSpec.Storage> overlap(
            List<PatternSpec.Storage> theirs, List<PatternSpec.Storage> mine) {
        for (PatternSpec.Storage storage : mine) {
            for (PatternSpec.Storage other : theirs) {
                if (storage.overlaps(other)) {
                    return Optional.of(storage);
                }
            }
        }
        return Optional.empty();
    }

    private static String quoted(NamespaceDraft draft) {
        return draft.name().map(name -> "`" + name + "`").orElse("another namespace");
    }
}
