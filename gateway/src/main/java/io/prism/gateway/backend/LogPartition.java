package io.prism.gateway.backend;

/** One partition of one topic. */
public record LogPartition(String topic, int partition) {}
