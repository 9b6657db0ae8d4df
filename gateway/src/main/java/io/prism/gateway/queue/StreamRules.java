package io.prism.gateway.queue;

import com.google.protobuf.Duration;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.v1.QueueSubscribeRequest;
import java.util.regex.Pattern;

/**
 * What a Subscribe call asked for, checked, defaults filled in.
 *
 * @param visibility how long a lease lasts
 * @param maxInflight messages the stream holds at most
 * @param maxDeliveries after so many a message that fails again is a dead letter
 * @param maxInline bytes; larger claimed payloads are delivered as references
 * @param maxMessages the stream delivers no more than so many
 */
record StreamRules(
        java.time.Duration visibility,
        int maxInflight,
        int maxDeliveries,
        long maxInline,
        long maxMessages) {
    static final String DEFAULT_GROUP = "default";
    static final java.time.Duration MAX_DELAY = java.time.Duration.ofMinutes(15);
    private static final Pattern GROUP = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final java.time.Duration VISIBILITY = java.time.Duration.ofSeconds(30);
    private static final java.time.Duration MIN_VISIBILITY = java.time.Duration.ofSeconds(1);
    private static final java.time.Duration MAX_VISIBILITY = java.time.Duration.ofHours(12);
    private static final int INFLIGHT = 10;
    private static final int MAX_INFLIGHT = 1_000;
    private static final int DELIVERIES = 5;
    private static final int MAX_DELIVERIES = 1_000;
    private static final long INLINE = 32L << 20;
    private static final long MAX_INLINE = 64L << 20;

    static StreamRules of(QueueSubscribeRequest request) {
        long inline = request.hasMaxInlineBytes() ? request.getMaxInlineBytes() : INLINE;
        if (inline < 0 || inline > MAX_INLINE) {
            throw invalid("max_inline_bytes", "max_inline_bytes must be from 0 to " + MAX_INLINE);
        }
        if (request.getMaxMessages() < 0) {
            throw invalid("max_messages", "max_messages must be at least 1, or 0 for no end");
        }
        return new StreamRules(
                request.hasVisibilityTimeout()
                        ? lease("visibility_timeout", request.getVisibilityTimeout())
                        : VISIBILITY,
                range("max_inflight", request.getMaxInflight(), INFLIGHT, MAX_INFLIGHT),
                range("max_deliveries", request.getMaxDeliveries(), DELIVERIES, MAX_DELIVERIES),
                inline,
                request.getMaxMessages() == 0 ? Long.MAX_VALUE : request.getMaxMessages());
    }

    static String group(String asked) {
        if (asked.isEmpty()) {
            return DEFAULT_GROUP;
        }
        if (!GROUP.matcher(asked).matches()) {
            throw invalid(
                    "group", "a group's name has 1 to 100 letters, digits, underscores or hyphens");
        }
        return asked;
    }

    /** The length of a lease. */
    static java.time.Duration lease(String field, Duration asked) {
        return between(field, asked, MIN_VISIBILITY, MAX_VISIBILITY);
    }

    /** How long a released message waits. */
    static java.time.Duration delay(Duration asked) {
        return between("delay", asked, java.time.Duration.ZERO, MAX_DELAY);
    }

    private static java.time.Duration between(
            String field, Duration asked, java.time.Duration least, java.time.Duration most) {
        java.time.Duration given;
        try {
            given = java.time.Duration.ofSeconds(asked.getSeconds(), asked.getNanos());
        } catch (ArithmeticException e) {
            throw invalid(field, field + " is out of range");
        }
        if (given.compareTo(least) < 0 || given.compareTo(most) > 0) {
            throw invalid(
                    field, field + " is " + given + "; it must be from " + least + " to " + most);
        }
        return given;
    }

    private static int range(String field, int value, int otherwise, int max) {
        if (value < 0 || value > max) {
            throw invalid(field, field + " must be from 1 to " + max + ", or 0 for " + otherwise);
        }
        return value == 0 ? otherwise : value;
    }

    private static PrismException invalid(String field, String message) {
        return PrismException.ofField(ErrorCode.FIELD_INVALID, field, message);
    }
}
