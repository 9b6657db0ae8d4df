package io.prism.connectors.outbox;

import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxMessage;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/** Reads a logical decoding message. */
final class RowOfMessage {
    static final String PREFIX = "prefix";
    static final String CONTENT = "content";

    private RowOfMessage() {}

    static ReadRow read(@Nullable Object message) {
        byte[] content = message instanceof Struct of ? RowOfTable.bytes(of.get(CONTENT)) : null;
        if (content == null) {
            return new ReadRow(Map.of(), new byte[0])
                    .failed("RECORD_UNREADABLE", "the message has no content");
        }
        try {
            OutboxMessage read = OutboxMessage.decode(content);
            return new ReadRow(new TreeMap<>(read.headers()), read.payload());
        } catch (PrismException e) {
            return new ReadRow(Map.of(), content)
                    .failed(e.code().name(), String.valueOf(e.getMessage()));
        }
    }
}
