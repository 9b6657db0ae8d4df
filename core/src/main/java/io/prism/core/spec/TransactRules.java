package io.prism.core.spec;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Whether transactions can write what a namespace declares, and in one database. */
final class TransactRules {
    /** What Prism itself keeps in a database. */
    private static final String OWN = "public.prism_";

    /** Where a namespace's messages are that names no table for them. */
    private static final String SHARED_OUTBOX = "outbox";

    private static final List<String> CATALOGUES = List.of("pg_catalog.", "information_schema.");

    private TransactRules() {}

    /**
     * @param place where tables are declared, or would be
     * @param namespace where the namespace is
     */
    static void check(
            ClientApi api,
            List<String> tables,
            At place,
            At namespace,
            BackendSpec backend,
            List<PatternSpec> patterns,
            Problems problems) {
        if (api != ClientApi.TRANSACT) {
            if (!tables.isEmpty()) {
                problems.wrong(
                        place,
                        ViolationCode.UNUSED_OPTION,
                        "`tables` are written by transactions, and client_api is " + api.label(),
                        List.of(),
                        "remove it, or set client_api to transact");
            }
            return;
        }
        Optional<PatternSpec.Outbox> outbox =
                patterns.stream()
                        .filter(PatternSpec.Outbox.class::isInstance)
                        .map(PatternSpec.Outbox.class::cast)
                        .findFirst();
        if (backend instanceof BackendSpec.Postgres(String database)) {
            outbox.filter(o -> !o.database().equals(database))
                    .ifPresent(
                            other ->
                                    problems.wrong(
                                            namespace,
                                            ViolationCode.CONFLICTING_OPTIONS,
                                            "data is written to database "
                                                    + database
                                                    + " and the outbox is in "
                                                    + other.database()
                                                    + ", so they could not commit together",
                                            List.of(),
                                            "write database: " + database + " in the outbox"));
        } else if (outbox.isEmpty() && !tables.isEmpty()) {
            problems.wrong(
                    place,
                    ViolationCode.CONFLICTING_OPTIONS,
                    "`tables` need a database, and backend " + backend.type() + " is none",
                    List.of(),
                    "use backend postgres, or add the outbox pattern");
        }
        tables.forEach(table -> checkOwn(table, outbox, place, problems));
    }

    private static void checkOwn(
            String written, Optional<PatternSpec.Outbox> outbox, At place, Problems problems) {
        String label = label(written);
        boolean isOutbox =
                outbox.filter(o -> label(o.table().orElse(SHARED_OUTBOX)).equals(label))
                        .isPresent();
        if (isOutbox || label.startsWith(OWN) || CATALOGUES.stream().anyMatch(label::startsWith)) {
            problems.wrong(
                    place,
                    ViolationCode.INVALID_VALUE,
                    "`"
                            + Shown.of(written)
                            + "` is "
                            + (isOutbox ? "the outbox itself" : "not an application's table"),
                    List.of(),
                    "remove it; messages are written with `message`");
        }
    }

    private static String label(String written) {
        String table = written.toLowerCase(Locale.ROOT);
        return table.indexOf('.') < 0 ? "public." + table : table;
    }
}
