package io.prism.core.cache;

import java.time.Instant;

/**
 * A value with the point it was read at. The bytes belong to the record: nobody changes them.
 *
 * @param asOf the reader's clock just before it was read; whole milliseconds are kept
 */
public record CachedValue(byte[] bytes, ReadPoint point, Instant asOf) {}
