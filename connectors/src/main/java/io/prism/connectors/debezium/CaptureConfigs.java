package io.prism.connectors.debezium;

import io.prism.connectors.cdc.ChangeEvents;
import io.prism.core.cdc.Capture;
import io.prism.core.spec.PatternSpec.Cdc.Snapshot;
import java.util.List;
import java.util.Map;

/** What Debezium is told to capture a namespace's changes. */
final class CaptureConfigs {
    /** Begins Debezium's name of a capture: {@code prism.changes.<database>.<namespace>}. */
    static final String TOPIC_PREFIX = "prism.changes.";

    private static final String JSON = "org.apache.kafka.connect.json.JsonConverter";

    /** Rows read at once: much, as the reader wants all of them, or little beside the changes. */
    private static final int CHUNK_AT_ONCE = 8_192;

    private static final int CHUNK_BIT_BY_BIT = 1_024;

    private CaptureConfigs() {}

    static void add(Map<String, String> config, Capture capture) {
        config.put("topic.prefix", TOPIC_PREFIX + capture.database() + "." + capture.namespace());
        config.put("slot.name", capture.slot());
        config.put("publication.name", capture.publication());
        // No table.include.list: the publication alone says which tables. What is read between
        // another table's joining it and a new list would be confirmed and left out.
        config.put("signal.enabled.channels", "source");
        config.put("signal.data.collection", capture.signals().label());
        config.put("incremental.snapshot.watermarking.strategy", "insert_delete");
        config.put(
                "incremental.snapshot.chunk.size",
                String.valueOf(
                        capture.snapshot() == Snapshot.INITIAL ? CHUNK_AT_ONCE : CHUNK_BIT_BY_BIT));
        // Everything is somebody's: also what a truncate removes.
        config.put("skipped.operations", "none");
        config.put("message.prefix.include.list", "prism\\.none");
        config.put("binary.handling.mode", "base64");
        // Values that say themselves what they are, where there is no schema.
        config.put("time.precision.mode", "isostring");
        if (!capture.keyColumns().isEmpty()) {
            config.put(
                    "column.propagate.source.type",
                    ".*\\.(" + String.join("|", capture.keyColumns()) + ")");
        }
        config.put("transforms", "changes");
        config.put("transforms.changes.type", ChangeEvents.class.getName());
        config.put("transforms.changes." + ChangeEvents.TOPIC, capture.topic());
        config.put("transforms.changes." + ChangeEvents.SIGNALS, capture.signals().label());
        config.put(
                "transforms.changes." + ChangeEvents.COLUMNS,
                String.join(",", capture.keyColumns()));
        for (String part : List.of("key", "value")) {
            config.put(part + ".converter", JSON);
            config.put(part + ".converter.schemas.enable", "false");
        }
        config.put("header.converter", "org.apache.kafka.connect.storage.StringConverter");
        ConnectorConfigs.durable(config);
    }

    static Leftover leftover(String name, Map<String, String> config) {
        String[] parts =
                config.getOrDefault("topic.prefix", "")
                        .substring(TOPIC_PREFIX.length())
                        .split("\\.", 2);
        return new Leftover(name, parts[0], parts.length > 1 ? parts[1] : "");
    }
}
