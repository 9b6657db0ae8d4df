/**
 * What Debezium is told. In: namespaces, and where databases are. Out: one connector's
 * configuration a database.
 */
@NullMarked
package io.prism.connectors.debezium;

import org.jspecify.annotations.NullMarked;
