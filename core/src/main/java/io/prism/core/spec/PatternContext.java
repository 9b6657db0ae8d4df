package io.prism.core.spec;

import java.util.Map;
import java.util.Optional;

/**
 * What a pattern may know about the namespace around it.
 *
 * @param chain the options of the namespace's patterns, by type
 */
record PatternContext(
        NamespaceName name,
        Optional<BackendSpec> backend,
        Map<String, OptionValues> chain,
        Problems problems) {

    Optional<OptionValues> options(String patternType) {
        return Optional.ofNullable(chain.get(patternType));
    }
}
