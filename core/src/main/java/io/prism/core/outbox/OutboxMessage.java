package io.prism.core.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message of an outbox without a table: the content of {@code pg_logical_emit_message(true,
 * 'prism.outbox', content)}. Four bytes with the length of a JSON object of strings (big-endian),
 * that object, and the payload. The object has {@link OutboxRow}'s headers.
 *
 * @param headers as {@link OutboxRow#toHeaders} makes them
 */
public record OutboxMessage(Map<String, String> headers, byte[] payload) {
    /** The prefix by which a relay knows these among others' messages in the log. */
    public static final String PREFIX = "prism.outbox";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<TreeMap<String, String>> STRINGS = new TypeReference<>() {};

    public OutboxMessage {
        headers = Map.copyOf(headers);
    }

    public static OutboxMessage of(OutboxRow row) {
        return new OutboxMessage(row.toHeaders(), row.payload());
    }

    public byte[] encode() {
        try {
            byte[] object = JSON.writeValueAsBytes(new TreeMap<>(headers));
            return ByteBuffer.allocate(Integer.BYTES + object.length + payload.length)
                    .putInt(object.length)
                    .put(object)
                    .put(payload)
                    .array();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @throws PrismException RECORD_UNREADABLE
     */
    public static OutboxMessage decode(byte[] content) {
        int length = content.length < Integer.BYTES ? -1 : ByteBuffer.wrap(content).getInt();
        if (length < 0 || length > content.length - Integer.BYTES) {
            throw new PrismException(
                    ErrorCode.RECORD_UNREADABLE,
                    "a message with the prefix "
                            + PREFIX
                            + " ("
                            + content.length
                            + " bytes) does not begin with the length of its headers");
        }
        try {
            Map<String, String> headers = JSON.readValue(content, Integer.BYTES, length, STRINGS);
            if (headers == null || headers.containsValue(null)) {
                throw new IOException("an object of strings was expected");
            }
            return new OutboxMessage(
                    headers, Arrays.copyOfRange(content, Integer.BYTES + length, content.length));
        } catch (IOException e) {
            throw new PrismException(
                    ErrorCode.RECORD_UNREADABLE,
                    "the headers of a message with the prefix "
                            + PREFIX
                            + " are no JSON object of strings",
                    e);
        }
    }
}
