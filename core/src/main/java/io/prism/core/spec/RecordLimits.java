package io.prism.core.spec;

/** How large the records of a namespace's topics may be, the same for whoever makes a topic. */
public final class RecordLimits {
    /** Without a claim check: 1 MiB, Kafka's usual limit. */
    public static final int DEFAULT_MAX_INLINE = 1 << 20;

    /** Room for key, metadata and Prism's headers beside the payload. */
    private static final int HEAD_ROOM = 256 << 10;

    private RecordLimits() {}

    /** The largest payload that a record of this namespace holds. */
    public static int maxInline(NamespaceSpec spec) {
        long threshold =
                spec.pattern(PatternSpec.ClaimCheck.class)
                        .map(claimCheck -> claimCheck.threshold().bytes())
                        .orElse(0L);
        return Math.toIntExact(Math.max(DEFAULT_MAX_INLINE, threshold));
    }

    /** The {@code max.message.bytes} of the namespace's topics. */
    public static int topic(NamespaceSpec spec) {
        return maxInline(spec) + HEAD_ROOM;
    }

    /** The {@code max.message.bytes} of the topics derived from them. */
    public static int rehydratedTopic(NamespaceSpec spec, PatternSpec.Rehydrate rehydrate) {
        return Math.toIntExact(Math.max(maxInline(spec), rehydrate.maxSize().bytes())) + HEAD_ROOM;
    }
}
