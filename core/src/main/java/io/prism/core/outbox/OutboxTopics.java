package io.prism.core.outbox;

import io.prism.core.table.InternalTopic;
import java.util.Map;

/** The outbox's internal topics. */
public final class OutboxTopics {
    /** Before a database's name: the topic of its committed rows. */
    public static final String ROWS_PREFIX = "prism.outbox.rows.";

    /**
     * Rows that were relayed, or cannot be, as {@link RelayedRow}s; keyed by {@code
     * <database>/<table>}.
     */
    public static final InternalTopic RELAYED =
            new InternalTopic("prism.outbox.relayed", 4, Map.of("retention.ms", "604800000"));

    /** Rows that cannot be relayed, as they were, and why ({@link OutboxRow#ERROR}). */
    public static final InternalTopic DEAD =
            new InternalTopic(
                    "prism.outbox.dlq",
                    1,
                    Map.of("retention.ms", "-1", "max.message.bytes", "16777216"));

    private OutboxTopics() {}

    /** One partition: the order of commits is one order. */
    public static InternalTopic rows(String database) {
        return new InternalTopic(
                ROWS_PREFIX + database,
                1,
                Map.of("retention.ms", "604800000", "max.message.bytes", "16777216"));
    }

    /** The database whose rows a topic has. */
    public static String database(String rowsTopic) {
        if (!rowsTopic.startsWith(ROWS_PREFIX)) {
            throw new IllegalArgumentException(rowsTopic + " has no rows of an outbox");
        }
        return rowsTopic.substring(ROWS_PREFIX.length());
    }
}
