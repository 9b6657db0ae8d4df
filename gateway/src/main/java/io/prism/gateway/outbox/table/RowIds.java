package io.prism.gateway.outbox.table;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** Ids of rows. */
public final class RowIds {
    private static final long VERSION_8 = 0x8000;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private RowIds() {}

    /**
     * The id of the row of a message whose publisher gave it an id: the same for the same message,
     * whichever gateway takes it. Namespaces may share a table, and an id is one message in each
     * topic of each.
     */
    public static UUID of(String namespace, String topic, String messageId) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part : new String[] {namespace, topic, messageId}) {
                byte[] bytes = part.getBytes(UTF_8);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
                digest.update(bytes);
            }
            ByteBuffer hash = ByteBuffer.wrap(digest.digest());
            return new UUID(hash.getLong() & ~0xF000L | VERSION_8, hash.getLong() >>> 2 | VARIANT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
