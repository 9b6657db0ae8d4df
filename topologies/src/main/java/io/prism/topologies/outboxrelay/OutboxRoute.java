package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.BackendSpec;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec;
import io.prism.core.spec.PatternSpec.Cleanup.Strategy;
import io.prism.core.spec.RecordLimits;
import io.prism.core.spec.TopicSpace;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What of a namespace its rows need; worked out once. */
final class OutboxRoute {
    private static final int PATTERN_VERSION = 1;

    final NamespaceSpec spec;
    final String name;
    final String database;

    /** Empty where messages are in the log only. */
    final String table;

    final TopicSpace topics;
    final byte[] nameBytes;
    final byte[] patterns;
    final int maxInline;
    final @Nullable String metadataField;
    final Optional<PatternSpec.ClaimCheck> claimCheck;

    /** Whether the claim lifecycle must hear of its claims. */
    final boolean claimsFollowed;

    private OutboxRoute(NamespaceSpec spec, PatternSpec.Outbox outbox) {
        this.spec = spec;
        this.name = spec.name().value();
        this.database = outbox.database();
        this.table = OutboxTable.isNone(outbox) ? "" : OutboxTable.of(outbox).label();
        this.topics =
                TopicSpace.of(
                        spec.backend() instanceof BackendSpec.Kafka kafka
                                ? kafka
                                : BackendSpec.Kafka.defaults(spec.name()));
        this.nameBytes = name.getBytes(UTF_8);
        this.patterns = patterns(spec).getBytes(UTF_8);
        this.maxInline = RecordLimits.maxInline(spec);
        this.claimCheck = spec.pattern(PatternSpec.ClaimCheck.class);
        this.claimsFollowed =
                claimCheck
                        .filter(check -> check.cleanup().strategy() == Strategy.ON_CONSUME)
                        .isPresent();
        this.metadataField = claimCheck.flatMap(PatternSpec.ClaimCheck::metadataField).orElse(null);
    }

    /** Empty for a namespace without an outbox. */
    static Optional<OutboxRoute> of(NamespaceSpec spec) {
        return spec.pattern(PatternSpec.Outbox.class).map(outbox -> new OutboxRoute(spec, outbox));
    }

    /** The chain as the gateway labels it. */
    private static String patterns(NamespaceSpec spec) {
        return spec.patterns().stream()
                .filter(
                        pattern ->
                                pattern instanceof PatternSpec.Outbox
                                        || pattern instanceof PatternSpec.ClaimCheck)
                .map(pattern -> pattern.type() + "@" + PATTERN_VERSION)
                .collect(Collectors.joining(","));
    }
}
