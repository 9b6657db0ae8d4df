package io.prism.gateway.queue;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Optional;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * The headers that tell a queued message's history. They begin with {@code prism-}, so no client
 * can forge them (design decision 6).
 */
final class QueueHeaders {
    /** Why the message is a dead letter. */
    static final String REASON = "prism-dead-reason";

    /** When it became one, ISO 8601. */
    static final String AT = "prism-dead-at";

    /** The topic in the log it comes from, and its place there: {@code topic/partition/offset}. */
    static final String FROM = "prism-dead-from";

    static final String GROUP = "prism-dead-group";

    /** How often it had been delivered by then. */
    static final String DEAD_DELIVERIES = "prism-dead-deliveries";

    /** How often it was put back from the dead letters. */
    static final String REDRIVES = "prism-redrives";

    private QueueHeaders() {}

    static int number(Headers headers, String name) {
        return text(headers, name)
                .filter(t -> t.matches("\\d{1,9}"))
                .map(Integer::parseInt)
                .orElse(0);
    }

    static Optional<String> text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), UTF_8));
    }

    static Headers copy(Headers headers) {
        return new RecordHeaders(headers.toArray());
    }

    static void set(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(UTF_8));
    }
}
