package io.prism.connectors.heartbeat;

import java.util.Map;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.source.SourceRecord;

/** Debezium's heartbeats, by which an idle database's position is moved on. */
public final class Heartbeats {
    private static final String SCHEMA = "io.debezium.connector.common.Heartbeat";

    private Heartbeats() {}

    /** Whether this is the schema of a heartbeat. */
    public static boolean is(Schema schema) {
        return SCHEMA.equals(schema.name());
    }

    /**
     * Whether a heartbeat is from before anything was read. Debezium gives it the log's current
     * position, not the slot's; were that stored, a crash right then would skip what was committed
     * between the two.
     */
    public static boolean tellsUnreadPosition(ConnectRecord<?> record) {
        if (!(record instanceof SourceRecord source) || source.sourceOffset() == null) {
            return false;
        }
        Map<String, ?> offset = source.sourceOffset();
        return offset.get("lsn") != null
                && offset.get("lsn_proc") == null
                && offset.get("lsn_commit") == null;
    }
}
