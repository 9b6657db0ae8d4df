package io.prism.gateway.cache.rows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** What a cached row's bytes say about it: whose it is, and whether it is there. */
sealed interface Envelope {
    byte ROW = 1;
    byte UNCACHED = 2;

    String collection();

    /** The row itself, or what its reader keeps where there is none. */
    record Row(String collection, byte[] bytes) implements Envelope {}

    /** It is in the database only; its readers need not wait for one another. */
    record Uncached(String collection) implements Envelope {}

    /** A byte for the kind, the collection after its length, and the row. */
    default byte[] encode() {
        byte[] name = collection().getBytes(UTF_8);
        byte[] row =
                switch (this) {
                    case Row it -> it.bytes();
                    case Uncached it -> new byte[0];
                };
        return ByteBuffer.allocate(1 + Short.BYTES + name.length + row.length)
                .put(this instanceof Row ? ROW : UNCACHED)
                .putShort((short) name.length)
                .put(name)
                .put(row)
                .array();
    }

    /**
     * @return empty where the bytes are none of this version's
     */
    static Optional<Envelope> decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            byte kind = in.get();
            byte[] name = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(name);
            byte[] row = new byte[in.remaining()];
            in.get(row);
            String collection = new String(name, UTF_8);
            return switch (kind) {
                case ROW -> Optional.of(new Row(collection, row));
                case UNCACHED -> Optional.of(new Uncached(collection));
                default -> Optional.empty();
            };
        } catch (BufferUnderflowException tooShort) {
            return Optional.empty();
        }
    }
}
