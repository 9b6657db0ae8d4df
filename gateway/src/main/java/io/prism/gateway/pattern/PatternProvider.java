package io.prism.gateway.pattern;

import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;

/**
 * Makes a pattern for a namespace; found through {@code ServiceLoader}, one for each pattern's
 * name.
 */
public interface PatternProvider {
    PatternMetadata metadata();

    /**
     * Makes what the namespace needs outside the process (a bucket, a table); blocks. Called before
     * the namespace is announced; idempotent.
     *
     * @throws io.prism.core.error.PrismException naming what cannot be made and the remedy
     */
    void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context);

    /** Makes the pattern; does not touch the network. */
    Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context);

    /** Removes what {@link #prepare} made and everything stored in it; blocks. */
    void deleteData(NamespaceSpec namespace, PatternSpec spec, PatternContext context);
}
