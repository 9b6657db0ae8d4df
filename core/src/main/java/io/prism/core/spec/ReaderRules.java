package io.prism.core.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which rows a namespace's readers may read. */
final class ReaderRules {
    private static final List<String> NOT_AN_APPLICATIONS =
            List.of("public.prism_", "pg_catalog.", "information_schema.");

    private ReaderRules() {}

    /**
     * The namespace's collections: those declared, else the tables whose changes it captures.
     *
     * @param place where collections are declared, or would be
     */
    static List<CollectionSpec> collections(
            ClientApi api,
            List<CollectionSpec> declared,
            At place,
            BackendSpec backend,
            List<PatternSpec> patterns,
            Problems problems) {
        if (api != ClientApi.READER) {
            if (!declared.isEmpty()) {
                problems.wrong(
                        place,
                        ViolationCode.UNUSED_OPTION,
                        "`collections` are read by readers, and client_api is " + api.label(),
                        List.of(),
                        "remove it, or set client_api to reader");
            }
            warmUp(patterns)
                    .ifPresent(
                            collection ->
                                    problems.wrong(
                                            place,
                                            ViolationCode.UNUSED_OPTION,
                                            "`warm_up` reads rows ahead of readers, and client_api"
                                                    + " is "
                                                    + api.label(),
                                            List.of(),
                                            "remove it, or set client_api to reader"));
            return List.of();
        }
        declared.forEach(collection -> check(collection, place, problems));
        List<CollectionSpec> collections =
                declared.isEmpty() ? captured(backend, patterns) : declared;
        warmUp(patterns)
                .filter(
                        warmed ->
                                collections.stream()
                                        .map(CollectionSpec::relation)
                                        .map(ReaderRules::label)
                                        .noneMatch(label(warmed)::equals))
                .ifPresent(
                        warmed ->
                                problems.wrong(
                                        place,
                                        ViolationCode.INVALID_VALUE,
                                        "`warm_up` reads collection "
                                                + Shown.of(warmed)
                                                + ", which is not one of the namespace's",
                                        collections.stream().map(CollectionSpec::relation).toList(),
                                        "declare it under `collections`, or warm another one up"));
        return collections;
    }

    private static Optional<String> warmUp(List<PatternSpec> patterns) {
        return patterns.stream()
                .filter(PatternSpec.Cache.class::isInstance)
                .map(PatternSpec.Cache.class::cast)
                .flatMap(cache -> cache.warmUp().stream())
                .map(PatternSpec.Cache.WarmUp::collection)
                .findFirst();
    }

    /** Every relation's one name. */
    private static String label(String relation) {
        String written = relation.toLowerCase(Locale.ROOT);
        return written.indexOf('.') < 0 ? "public." + written : written;
    }

    private static void check(CollectionSpec collection, At place, Problems problems) {
        String label = label(collection.relation());
        if (NOT_AN_APPLICATIONS.stream().anyMatch(label::startsWith)) {
            problems.wrong(
                    place,
                    ViolationCode.INVALID_VALUE,
                    "`" + Shown.of(collection.relation()) + "` is not an application's table",
                    List.of(),
                    "remove it");
        }
    }

    private static List<CollectionSpec> captured(BackendSpec backend, List<PatternSpec> patterns) {
        return patterns.stream()
                .filter(PatternSpec.Cdc.class::isInstance)
                .map(PatternSpec.Cdc.class::cast)
                .filter(cdc -> new BackendSpec.Postgres(cdc.database()).equals(backend))
                .flatMap(cdc -> cdc.tables().stream())
                .distinct()
                .map(table -> new CollectionSpec(table, List.of()))
                .toList();
    }
}
