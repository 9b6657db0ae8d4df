package io.prism.core.spec;

import java.util.List;

/**
 * A table or view whose rows a namespace's readers may read.
 *
 * @param relation by its name alone, or with its schema
 * @param key the columns that name a row; empty means the primary key, which a view does not have
 */
public record CollectionSpec(String relation, List<String> key) {
    public CollectionSpec {
        key = List.copyOf(key);
    }

    /** As a namespace declares it. */
    @Override
    public String toString() {
        return key.isEmpty() ? relation : relation + "(" + String.join(", ", key) + ")";
    }
}
