/**
 * Keeps connectors, and what they need in databases, as the namespaces say they should be. In: the
 * namespaces. Out: connectors made, changed, restarted and removed; slots watched.
 */
@NullMarked
package io.prism.connectors.reconcile;

import org.jspecify.annotations.NullMarked;
