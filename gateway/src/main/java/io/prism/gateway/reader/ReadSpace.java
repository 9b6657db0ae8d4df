package io.prism.gateway.reader;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.CollectionSpec;
import io.prism.core.spec.DidYouMean;
import io.prism.core.spec.NamespaceSpec;
import io.prism.gateway.relation.Said;
import io.prism.gateway.relation.TableName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What can be read in a namespace.
 *
 * @param collections to the columns that name a row; empty means the primary key
 */
record ReadSpace(
        NamespaceSpec namespace, String database, Map<TableName, List<String>> collections) {

    static ReadSpace of(NamespaceSpec spec) {
        String database =
                spec.database()
                        .orElseThrow(
                                () ->
                                        new PrismException(
                                                        ErrorCode.BACKEND_REFUSED,
                                                        "namespace "
                                                                + spec.name()
                                                                + " has no database to read from:"
                                                                + " use backend postgres")
                                                .with("namespace", spec.name()));
        Map<TableName, List<String>> collections = new TreeMap<>();
        for (CollectionSpec collection : spec.collections()) {
            collections.put(TableName.of(collection.relation()), collection.key());
        }
        return new ReadSpace(spec, database, collections);
    }

    /**
     * @throws PrismException COLLECTION_UNKNOWN, with those there are
     */
    TableName collection(String written) {
        TableName name = TableName.of(written);
        if (collections.containsKey(name)) {
            return name;
        }
        List<String> allowed = collections.keySet().stream().map(TableName::toString).toList();
        String meant = DidYouMean.suggestion(written, allowed);
        throw PrismException.ofField(
                        ErrorCode.COLLECTION_UNKNOWN,
                        "collection",
                        allowed.isEmpty()
                                ? "the namespace declares no collections; declare the tables and"
                                        + " views that can be read under `collections`"
                                : "collection "
                                        + Said.of(written)
                                        + " is not declared; the namespace's collections are "
                                        + String.join(", ", allowed)
                                        + (meant.isEmpty() ? "" : ": " + meant))
                .with("collection", Said.of(written))
                .with("allowed", String.join(",", allowed));
    }

    /** The columns that are declared to name a row. */
    List<String> key(TableName collection) {
        return collections.getOrDefault(collection, List.of());
    }
}
