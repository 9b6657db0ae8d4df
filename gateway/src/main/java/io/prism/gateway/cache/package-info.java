/**
 * The cache pattern, and CacheService's values. In: namespaces that declare the pattern, rows that
 * transactions committed, and the calls of CacheService. Out: caches of rows that are opened and
 * closed with their namespaces ({@link io.prism.gateway.cache.rows}) and told of what was written
 * ({@code WriteThrough}); values on Redis ({@code KeyValues}).
 */
@NullMarked
package io.prism.gateway.cache;

import org.jspecify.annotations.NullMarked;
