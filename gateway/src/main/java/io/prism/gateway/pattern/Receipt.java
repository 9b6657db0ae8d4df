package io.prism.gateway.pattern;

import java.time.Instant;

/**
 * A durable message's place.
 *
 * @param duplicate the message had been published before under the same id; this is the first one's
 *     place
 */
public record Receipt(
        String messageId, int partition, long offset, Instant publishedAt, boolean duplicate) {
    public Receipt asDuplicate() {
        return new Receipt(messageId, partition, offset, publishedAt, true);
    }
}
