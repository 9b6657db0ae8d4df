package io.prism.topologies.outboxrelay;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxRow;
import io.prism.core.spec.NamespaceSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which namespaces have an outbox, as the shared table says. Immutable. */
public final class Routes {
    private final Instant knownUpTo;
    private final long version;
    private final Map<String, OutboxRoute> byName;

    /** By database and table: all that declare it. */
    private final Map<String, List<OutboxRoute>> byTable;

    private Routes(
            Instant knownUpTo,
            long version,
            Map<String, OutboxRoute> byName,
            Map<String, List<OutboxRoute>> byTable) {
        this.knownUpTo = knownUpTo;
        this.version = version;
        this.byName = byName;
        this.byTable = byTable;
    }

    /**
     * @param knownUpTo every namespace made before this instant, by this process's clock, is here
     * @param version grows with every change of the namespaces
     */
    public static Routes of(Instant knownUpTo, long version, Collection<NamespaceSpec> namespaces) {
        Map<String, OutboxRoute> byName = new TreeMap<>();
        namespaces.forEach(
                spec -> OutboxRoute.of(spec).ifPresent(route -> byName.put(route.name, route)));
        Map<String, List<OutboxRoute>> byTable = new HashMap<>();
        for (OutboxRoute route : byName.values()) {
            byTable.computeIfAbsent(place(route.database, route.table), p -> new ArrayList<>())
                    .add(route);
        }
        return new Routes(knownUpTo, version, byName, byTable);
    }

    /** The same namespaces, known to be all until later. */
    public Routes stillUpTo(Instant later) {
        return new Routes(later, version, byName, byTable);
    }

    Instant knownUpTo() {
        return knownUpTo;
    }

    long version() {
        return version;
    }

    private static String place(String database, String table) {
        return database + "/" + table;
    }

    /** Where a row belongs. */
    sealed interface Resolution {
        record Found(OutboxRoute route) implements Resolution {}

        /** As far as is known; a namespace that was made a moment ago may not be. */
        record Unknown(PrismException why) implements Resolution {}
    }

    /**
     * A row may name any namespace whose outbox is in the row's own database: whoever may write to
     * the one may write to all of its outboxes anyway.
     *
     * @throws PrismException NAMESPACE_AMBIGUOUS
     */
    Resolution resolve(String database, OutboxRow row) {
        String name = row.namespace();
        if (name == null || name.isEmpty()) {
            return byTable(database, row.table());
        }
        OutboxRoute route = byName.get(name);
        if (route == null) {
            return unknown(
                    ErrorCode.NAMESPACE_NOT_FOUND,
                    "there is no namespace "
                            + name
                            + " with an outbox; create it, or correct the"
                            + " row's namespace");
        }
        if (!route.database.equals(database)) {
            return unknown(
                    ErrorCode.NAMESPACE_INVALID,
                    "namespace "
                            + name
                            + " has its outbox in database "
                            + route.database
                            + ", the row is in "
                            + database);
        }
        return new Resolution.Found(route);
    }

    private Resolution byTable(String database, String table) {
        String place = place(database, table);
        List<OutboxRoute> declaring = byTable.getOrDefault(place, List.of());
        if (declaring.size() > 1) {
            throw new PrismException(
                    ErrorCode.NAMESPACE_AMBIGUOUS,
                    "the row names no namespace, and table "
                            + place
                            + " is that of "
                            + declaring.stream()
                                    .map(route -> route.name)
                                    .collect(Collectors.joining(", "))
                            + ": set the row's namespace");
        }
        return declaring.isEmpty()
                ? unknown(
                        ErrorCode.NAMESPACE_NOT_FOUND,
                        "the row names no namespace, and none declares table " + place)
                : new Resolution.Found(declaring.getFirst());
    }

    private static Resolution unknown(ErrorCode code, String words) {
        return new Resolution.Unknown(new PrismException(code, words));
    }
}
