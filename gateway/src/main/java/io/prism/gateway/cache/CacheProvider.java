package io.prism.gateway.cache;

import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternContext;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.PatternProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Makes caches; found through {@code ServiceLoader}. */
public final class CacheProvider implements PatternProvider {
    static final PatternMetadata METADATA =
            new PatternMetadata(
                    PatternSpec.Cache.TYPE,
                    1,
                    EnumSet.of(ClientApi.READER, ClientApi.CACHE),
                    Set.of("postgres", "redis"),
                    600);

    @Override
    public PatternMetadata metadata() {
        return METADATA;
    }

    @Override
    public void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        context.rows().check((PatternSpec.Cache) spec);
        if (namespace.api() == ClientApi.READER) {
            context.rows().begin(namespace.name(), ((PatternSpec.Cache) spec).backend());
        }
    }

    @Override
    public Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        return new CachePattern(
                namespace.api() == ClientApi.READER
                        ? context.rows().open(namespace, (PatternSpec.Cache) spec)
                        : () -> {});
    }

    /** What a Redis keeps that does not answer ends with its ttl. */
    @Override
    public void deleteData(
            NamespaceSpec namespace,
            PatternSpec spec,
            Supplier<List<NamespaceSpec>> others,
            PatternContext context) {
        context.rows().erase(namespace.name(), ((PatternSpec.Cache) spec).backend());
    }
}
