package io.prism.gateway.pattern;

import java.time.Instant;

/**
 * A durable message's place.
 *
 * @param duplicate the message had been published before under the same id; this is the first one's
 *     place
 */
public record Receipt(String messageId, Place place, Instant publishedAt, boolean duplicate) {

    /** Where a message is durable. */
    public sealed interface Place {}

    /** In the backend's log. */
    public record InLog(int partition, long offset) implements Place {}

    /**
     * In a database, on its way to the log.
     *
     * @param position opaque; what is written later has a later one. Empty where it is not known
     */
    public record InDatabase(String position) implements Place {}

    /** Of a message in the log. */
    public Receipt(
            String messageId, int partition, long offset, Instant publishedAt, boolean duplicate) {
        this(messageId, new InLog(partition, offset), publishedAt, duplicate);
    }

    public Receipt asDuplicate() {
        return new Receipt(messageId, place, publishedAt, true);
    }
}
