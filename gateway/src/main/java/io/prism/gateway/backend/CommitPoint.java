package io.prism.gateway.backend;

/**
 * A group's position in a partition.
 *
 * @param offset the first record that is not done
 * @param note what the reader wants to remember beside it; at most 4,000 characters
 */
public record CommitPoint(long offset, String note) {}
