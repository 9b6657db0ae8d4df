/**
 * PostgreSQL databases by the names that namespaces use. In: a process's configuration. Out: pooled
 * connections, and typed errors.
 */
@NullMarked
package io.prism.core.database;

import org.jspecify.annotations.NullMarked;
