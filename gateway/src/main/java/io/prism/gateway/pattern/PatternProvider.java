package io.prism.gateway.pattern;

import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import java.util.List;
import java.util.function.Supplier;

/**
 * Makes a pattern for a namespace; found through {@code ServiceLoader}, one for each pattern's
 * name.
 */
public interface PatternProvider {
    PatternMetadata metadata();

    /**
     * Makes what the namespace needs outside the process (a bucket, a table); blocks. Called before
     * the namespace is announced, and again afterwards: what namespaces share may have been removed
     * in between by somebody who saw none that needs it. Idempotent.
     *
     * @throws io.prism.core.error.PrismException naming what cannot be made and the remedy
     */
    void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context);

    /** Makes the pattern; does not touch the network. */
    Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context);

    /**
     * Removes what {@link #prepare} made and everything the namespace stored in it; blocks.
     *
     * @param others the namespaces there are when it is asked: what they share with this one stays
     */
    void deleteData(
            NamespaceSpec namespace,
            PatternSpec spec,
            Supplier<List<NamespaceSpec>> others,
            PatternContext context);
}
