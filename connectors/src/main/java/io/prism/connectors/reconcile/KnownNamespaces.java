package io.prism.connectors.reconcile;

import io.prism.core.spec.NamespaceSpec;
import java.time.Instant;
import java.util.List;

/**
 * What is known of the namespaces.
 *
 * @param upTo everything that was written before this instant is in here
 * @param complete false if there is one that cannot be read here: it may need anything
 */
public record KnownNamespaces(Instant upTo, boolean complete, List<NamespaceSpec> specs) {
    public KnownNamespaces {
        specs = List.copyOf(specs);
    }
}
