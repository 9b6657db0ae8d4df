package io.prism.connectors.claimcheck;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import org.apache.kafka.connect.connector.ConnectRecord;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.errors.DataException;

/**
 * A record's value as a payload, and back: bytes, or text in UTF-8. Other values have no bytes yet
 * where a transform sees them.
 */
sealed interface PayloadValue {
    /** The payload; not to be changed. */
    ByteBuffer bytes();

    /** Another payload as a value of the same kind. */
    Object with(byte[] payload);

    /**
     * @param record its value is not null
     * @throws DataException naming the kind of value, if it is no payload
     */
    static PayloadValue of(ConnectRecord<?> record) {
        Object value = record.value();
        Schema schema = record.valueSchema();
        boolean plain =
                schema == null
                        || schema.type() == Schema.Type.BYTES
                        || schema.type() == Schema.Type.STRING;
        if (plain && value instanceof byte[] bytes) {
            return new Bytes(ByteBuffer.wrap(bytes));
        }
        if (plain && value instanceof ByteBuffer buffer) {
            return new Bytes(buffer.asReadOnlyBuffer());
        }
        if (plain && value instanceof String text) {
            return new Text(text);
        }
        throw new DataException(
                "the value of a record for topic "
                        + record.topic()
                        + " is a "
                        + (schema == null ? value.getClass().getSimpleName() : schema.type())
                        + "; a claim check works on bytes and strings: use ByteArrayConverter or"
                        + " StringConverter, or turn the value into one of them first");
    }

    /** Schema BYTES, or none. */
    record Bytes(ByteBuffer bytes) implements PayloadValue {
        @Override
        public Object with(byte[] payload) {
            return payload;
        }
    }

    /** Schema STRING, or none. */
    record Text(String text) implements PayloadValue {
        @Override
        public ByteBuffer bytes() {
            return ByteBuffer.wrap(text.getBytes(UTF_8));
        }

        @Override
        public Object with(byte[] payload) {
            try {
                return UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
            } catch (CharacterCodingException notText) {
                throw new DataException(
                        "the payload is not text in UTF-8; use ByteArrayConverter in place of"
                                + " StringConverter",
                        notText);
            }
        }
    }
}
