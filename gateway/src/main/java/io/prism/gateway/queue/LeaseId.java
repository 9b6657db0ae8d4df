package io.prism.gateway.queue;

import java.util.Optional;

/**
 * What {@code Message.message_id} says: which delivery of which message, and which gateway holds it
 * (design decision 14). A later delivery of the same message has another one, so a stale
 * acknowledgement cannot hit it.
 *
 * @param published the id the message was published under
 * @param gateway the gateway's name
 * @param number counts the gateway's deliveries
 */
public record LeaseId(String published, String gateway, long number) {
    private static final char AT = '@';
    private static final char DOT = '.';

    String text() {
        return published + AT + gateway + DOT + Long.toString(number, 36);
    }

    /** Empty if it is not a delivery's id. */
    public static Optional<LeaseId> parse(String text) {
        int at = text.lastIndexOf(AT);
        int dot = text.lastIndexOf(DOT);
        if (at < 0 || dot < at + 2 || dot == text.length() - 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    new LeaseId(
                            text.substring(0, at),
                            text.substring(at + 1, dot),
                            Long.parseLong(text.substring(dot + 1), 36)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
