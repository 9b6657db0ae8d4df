package io.prism.gateway.outbox;

import io.prism.core.outbox.OutboxTable;
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

/** Makes outboxes; found through {@code ServiceLoader}. */
public final class OutboxProvider implements PatternProvider {
    static final PatternMetadata METADATA =
            new PatternMetadata(
                    PatternSpec.Outbox.TYPE,
                    1,
                    EnumSet.of(ClientApi.PUBSUB, ClientApi.QUEUE, ClientApi.TRANSACT),
                    Set.of("kafka", "postgres"),
                    100);

    @Override
    public PatternMetadata metadata() {
        return METADATA;
    }

    @Override
    public void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        context.outboxes().schema().prepare((PatternSpec.Outbox) spec);
    }

    @Override
    public Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        String name = namespace.name().value();
        return new OutboxPattern(
                name, context.outboxes().open(name, (PatternSpec.Outbox) spec, context.meters()));
    }

    @Override
    public void deleteData(
            NamespaceSpec namespace,
            PatternSpec spec,
            Supplier<List<NamespaceSpec>> others,
            PatternContext context) {
        PatternSpec.Outbox outbox = (PatternSpec.Outbox) spec;
        context.outboxes()
                .schema()
                .remove(
                        outbox,
                        namespace.name().value(),
                        () -> others.get().stream().anyMatch(other -> shares(other, outbox)));
    }

    private static boolean shares(NamespaceSpec other, PatternSpec.Outbox outbox) {
        return other.pattern(PatternSpec.Outbox.class)
                .filter(
                        its ->
                                its.database().equals(outbox.database())
                                        && OutboxTable.of(its).equals(OutboxTable.of(outbox)))
                .isPresent();
    }
}
