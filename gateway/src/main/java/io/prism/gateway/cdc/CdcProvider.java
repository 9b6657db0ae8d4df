package io.prism.gateway.cdc;

import io.prism.core.cdc.Capture;
import io.prism.core.spec.ClientApi;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.table.InternalTopic;
import io.prism.gateway.backend.LogBackend.TopicSettings;
import io.prism.gateway.pattern.Pattern;
import io.prism.gateway.pattern.PatternContext;
import io.prism.gateway.pattern.PatternMetadata;
import io.prism.gateway.pattern.PatternProvider;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Prepares captures; found through {@code ServiceLoader}. */
public final class CdcProvider implements PatternProvider {
    static final PatternMetadata METADATA =
            new PatternMetadata(
                    PatternSpec.Cdc.TYPE,
                    1,
                    EnumSet.of(ClientApi.READER, ClientApi.PUBSUB),
                    Set.of("postgres", "kafka"),
                    700);

    @Override
    public PatternMetadata metadata() {
        return METADATA;
    }

    /** The topic first: there is somewhere for changes to go before there is a slot for them. */
    @Override
    public void prepare(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        Capture capture = Capture.of(namespace).orElseThrow();
        context.captures().check(capture);
        InternalTopic changes = capture.changes();
        context.log()
                .ensureTopic(
                        new TopicSettings(
                                changes.name(),
                                changes.partitions(),
                                -1,
                                Long.parseLong(changes.config().getOrDefault("retention.ms", "-1")),
                                Integer.parseInt(
                                        changes.config()
                                                .getOrDefault("max.message.bytes", "1048576"))));
        context.captures().prepare(capture);
    }

    @Override
    public Pattern create(NamespaceSpec namespace, PatternSpec spec, PatternContext context) {
        return new CdcPattern();
    }

    @Override
    public void deleteData(
            NamespaceSpec namespace,
            PatternSpec spec,
            Supplier<List<NamespaceSpec>> others,
            PatternContext context) {
        Capture capture = Capture.of(namespace).orElseThrow();
        context.captures()
                .remove(
                        capture,
                        () ->
                                others.get().stream()
                                        .noneMatch(other -> other.name().equals(namespace.name())));
        context.log().deleteTopics(List.of(capture.topic()));
    }
}
