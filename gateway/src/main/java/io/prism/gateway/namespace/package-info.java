/**
 * The namespaces this gateway serves. In: documents from the admin API, and the shared table's
 * changes. Out: {@link io.prism.gateway.namespace.ServedNamespace}s with their chains, the same on
 * every gateway.
 */
@NullMarked
package io.prism.gateway.namespace;

import org.jspecify.annotations.NullMarked;
