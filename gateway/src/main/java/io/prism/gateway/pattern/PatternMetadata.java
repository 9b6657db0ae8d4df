package io.prism.gateway.pattern;

import io.prism.core.spec.ClientApi;
import java.util.Set;

/**
 * What a pattern is.
 *
 * @param name as written in YAML
 * @param version of what it does to records; written into each ({@code claim-check@1})
 * @param backends the backend types it can stand on
 * @param order patterns with a lower number wrap those with a higher one
 */
public record PatternMetadata(
        String name, int version, Set<ClientApi> apis, Set<String> backends, int order) {
    public String label() {
        return name + "@" + version;
    }
}
