package io.prism.connectors.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.outbox.OutboxRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What could be read of a row.
 *
 * @param headers {@link OutboxRow}'s; with {@link OutboxRow#ERROR} where the row cannot be relayed
 * @param payload null where the column is
 */
record ReadRow(Map<String, String> headers, byte @Nullable [] payload) {
    private static final String TOO_LARGE = "MESSAGE_TOO_LARGE";

    /** The same with a reason why it cannot be relayed. */
    ReadRow failed(String code, String words) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(OutboxRow.ERROR, code + ": " + words);
        return new ReadRow(more, payload);
    }

    /** Itself, or what of it fits into a record, with the reason why the rest is missing. */
    ReadRow within(int bytes) {
        long heads = 0;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            heads += header.getKey().length() + (long) header.getValue().getBytes(UTF_8).length;
        }
        long all = heads + (payload == null ? 0 : payload.length);
        if (all <= bytes) {
            return this;
        }
        Map<String, String> kept = new LinkedHashMap<>(headers);
        if (heads > bytes - 512) {
            kept.keySet().retainAll(List.of(OutboxRow.ID, OutboxRow.TABLE));
            kept.values().removeIf(value -> value.length() > 256);
        }
        return new ReadRow(kept, new byte[0])
                .failed(
                        TOO_LARGE,
                        "the row has "
                                + all
                                + " bytes and at most "
                                + bytes
                                + " fit into a record; claim-check stores larger payloads apart");
    }
}
