package io.prism.gateway.reader;

import io.prism.core.spec.NamespaceSpec;
import java.util.Map;

/**
 * Which row.
 *
 * @param collection {@code table}, or {@code schema.table} where the schema is not public
 * @param columns that name it, to their values; each value has one text only, {@link
 *     io.prism.core.cache.KeyText}
 */
public record RowKey(NamespaceSpec namespace, String collection, Map<String, String> columns) {
    public RowKey {
        columns = Map.copyOf(columns);
    }
}
