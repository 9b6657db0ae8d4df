package io.prism.gateway.backend;

/**
 * A stored record's place.
 *
 * @param timestamp in milliseconds since 1970
 */
public record Appended(int partition, long offset, long timestamp) {}
