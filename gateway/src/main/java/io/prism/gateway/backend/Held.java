package io.prism.gateway.backend;

/**
 * A record that a group holds for this process until it is settled.
 *
 * @param deliveries how often the backend has handed it out to the group, this time included
 * @param chancesLeft how often the backend would hand it out again before it drops it by itself;
 *     {@link Integer#MAX_VALUE} where it never does
 */
public record Held(LogEntry entry, int deliveries, int chancesLeft) {}
