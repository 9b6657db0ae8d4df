package io.prism.core.spec;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Whether patterns can be layered, on an API and a backend, and in which order. */
final class ChainRules {
    private ChainRules() {}

    static void checkTwins(List<PatternDraft> drafts, Problems problems) {
        Map<String, PatternDraft> seen = new HashMap<>();
        for (PatternDraft draft : drafts) {
            Optional<PatternDraft> twin =
                    Optional.ofNullable(seen.putIfAbsent(draft.type(), draft));
            twin.ifPresent(
                    first ->
                            problems.wrong(
                                    draft.at(),
                                    ViolationCode.DUPLICATE_PATTERN,
                                    draft.type() + " is already declared at " + first.at().path(),
                                    draft.type(),
                                    List.of(),
                                    "merge the two into one"));
        }
    }

    static void checkApi(List<PatternDraft> drafts, ClientApi api, Problems problems) {
        for (PatternDraft draft : drafts) {
            draft.builtIn()
                    .filter(pattern -> !pattern.runsOn().containsKey(api))
                    .ifPresent(
                            pattern ->
                                    problems.wrong(
                                            draft.at(),
                                            ViolationCode.INCOMPATIBLE_PATTERN,
                                            pattern.type()
                                                    + " does not serve client_api "
                                                    + api.label()
                                                    + because(draft),
                                            pattern.type(),
                                            servingPatterns(api),
                                            pattern.type()
                                                    + " serves "
                                                    + String.join(", ", labels(pattern))));
        }
    }

    /** Reports at the backend; patterns that do not serve the API at all are not asked. */
    static void checkBackend(
            List<PatternDraft> drafts,
            ClientApi api,
            BackendSpec backend,
            At at,
            Problems problems) {
        List<String> serving = BackendCatalog.SERVING.getOrDefault(api, List.of());
        if (!serving.contains(backend.type())) {
            problems.wrong(
                    at,
                    ViolationCode.BACKEND_INCOMPATIBLE_WITH_API,
                    "Backend " + backend.type() + " cannot serve client_api " + api.label(),
                    backend.type(),
                    serving,
                    "use " + serving.getFirst() + ", or change client_api");
            return;
        }
        for (PatternDraft draft : drafts) {
            Optional<List<String>> backends =
                    draft.builtIn()
                            .flatMap(pattern -> Optional.ofNullable(pattern.runsOn().get(api)))
                            .filter(types -> !types.contains(backend.type()));
            backends.ifPresent(
                    types ->
                            problems.wrong(
                                    at,
                                    ViolationCode.BACKEND_INCOMPATIBLE_WITH_PATTERNS,
                                    "Backend "
                                            + backend.type()
                                            + " cannot carry "
                                            + draft.type()
                                            + because(draft),
                                    backend.type(),
                                    types,
                                    "use " + types.getFirst() + ", or leave out " + draft.type()));
        }
    }

    static void checkConflicts(List<PatternDraft> drafts, Problems problems) {
        for (int later = 1; later < drafts.size(); later++) {
            PatternDraft b = drafts.get(later);
            for (PatternDraft a : drafts.subList(0, later)) {
                if (!a.type().equals(b.type())) {
                    Optional.ofNullable(PatternCatalog.CONFLICTS.get(Set.of(a.type(), b.type())))
                            .ifPresent(
                                    why ->
                                            problems.wrong(
                                                    b.at(),
                                                    ViolationCode.CONFLICTING_PATTERNS,
                                                    a.type() + " and " + b.type() + ": " + why,
                                                    b.type(),
                                                    List.of(),
                                                    "leave one of them out"));
                }
            }
        }
    }

    /**
     * The patterns in canonical order. Patterns of the operator's own stay where they are. An order
     * that means something else than the canonical one is reported.
     */
    static List<PatternDraft> ordered(At patterns, List<PatternDraft> drafts, Problems problems) {
        List<PatternDraft> ours =
                drafts.stream().filter(draft -> draft.builtIn().isPresent()).toList();
        List<PatternDraft> sorted = new ArrayList<>(ours);
        sorted.sort(Comparator.comparingInt(ChainRules::rank));
        int before = problems.count();
        for (int later = 1; later < ours.size(); later++) {
            PatternDraft b = ours.get(later);
            ours.subList(0, later).stream()
                    .filter(a -> rank(a) > rank(b) && !interchangeable(a, b))
                    .findFirst()
                    .ifPresent(
                            a ->
                                    problems.wrong(
                                            b.at(),
                                            ViolationCode.INCOMPATIBLE_PATTERN_ORDER,
                                            b.type() + " has no meaning after " + a.type(),
                                            list(ours),
                                            List.of(list(sorted)),
                                            "put " + b.type() + " before " + a.type()));
        }
        if (problems.count() > before || sorted.equals(ours)) {
            return drafts;
        }
        problems.warn(
                patterns.path(),
                WarningCode.PATTERNS_REORDERED,
                list(ours)
                        + " means the same as "
                        + list(sorted)
                        + ", which is the canonical order");
        List<PatternDraft> result = new ArrayList<>();
        int next = 0;
        for (PatternDraft draft : drafts) {
            result.add(draft.builtIn().isPresent() ? sorted.get(next++) : draft);
        }
        return result;
    }

    private static boolean interchangeable(PatternDraft a, PatternDraft b) {
        return PatternCatalog.interchangeable(a.builtIn().orElseThrow(), b.builtIn().orElseThrow());
    }

    private static int rank(PatternDraft draft) {
        return draft.builtIn().orElseThrow().rank();
    }

    private static String because(PatternDraft draft) {
        return draft.reason().equals(PatternsReader.DECLARED) ? "" : " (" + draft.reason() + ")";
    }

    private static List<String> labels(PatternDescriptor pattern) {
        return pattern.runsOn().keySet().stream().sorted().map(ClientApi::label).toList();
    }

    private static List<String> servingPatterns(ClientApi api) {
        return PatternCatalog.ALL.stream()
                .filter(pattern -> pattern.runsOn().containsKey(api))
                .map(PatternDescriptor::type)
                .toList();
    }

    static String list(List<PatternDraft> drafts) {
        return drafts.stream().map(PatternDraft::type).toList().toString();
    }
}
