/**
 * What a namespace with the pattern {@code cdc} captures, and what that needs in its database. In:
 * the namespace. Out: names that gateways, the reconciler and connectors agree on; publication,
 * slot, signals and replica identity made; snapshots asked for.
 */
@NullMarked
package io.prism.core.cdc;

import org.jspecify.annotations.NullMarked;
