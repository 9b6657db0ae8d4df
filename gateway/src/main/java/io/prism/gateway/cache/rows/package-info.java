/**
 * Rows on Redis. In: a row's key and a way to read it from its database ({@link
 * io.prism.gateway.reader.RowCache}). Out: rows from the cache where it has them, read once and
 * stored where it has not, and from the database alone where there is no Redis: slower, never
 * wrong, never an error.
 *
 * <p>{@code RowCaches} (all namespaces) → {@code LookAside} (one) → {@code core.cache}. {@code
 * WarmUps} reads ahead what a namespace asks for when it is opened.
 */
@NullMarked
package io.prism.gateway.cache.rows;

import org.jspecify.annotations.NullMarked;
