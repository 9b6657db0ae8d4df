package io.prism.core.cache;

/**
 * A key whose row changed.
 *
 * @param key as {@link KeyTemplate} made it
 */
public record Invalidation(String key, ChangePoint at) {}
