package io.prism.gateway.claimcheck;

import io.prism.core.claim.ClaimStore;
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

/** Makes claim checks; found through {@code ServiceLoader}. */
public final class ClaimCheckProvider implements PatternProvider {
    static final PatternMetadata METADATA =
            new PatternMetadata(
                    PatternSpec.ClaimCheck.TYPE,
                    1,
                    EnumSet.of(ClientApi.PUBSUB, ClientApi.QUEUE, ClientApi.TRANSACT),
                    Set.of("kafka"),
                    200);

    @Override
    public PatternMetadata metadata() {
        return METADATA;
    }

    @Override
    public void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        store(namespace, spec, context).ensureReady();
    }

    @Override
    public Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        ClaimStore store = store(namespace, spec, context);
        ClaimCheckMetrics metrics =
                new ClaimCheckMetrics(namespace.name().value(), context.meters());
        return new ClaimCheckPattern(
                (PatternSpec.ClaimCheck) spec,
                store,
                context.journals().of(namespace),
                metrics,
                ClaimSweeper.of(namespace, store, metrics, context),
                context.clock(),
                context.blocking());
    }

    @Override
    public void deleteData(
            NamespaceSpec namespace,
            PatternSpec spec,
            Supplier<List<NamespaceSpec>> others,
            PatternContext context) {
        store(namespace, spec, context).deleteAll();
    }

    private static ClaimStore store(
            NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        return context.claims().of(namespace.name(), (PatternSpec.ClaimCheck) spec);
    }
}
