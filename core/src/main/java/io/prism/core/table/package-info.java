/**
 * What processes share through Kafka: the internal topics they all know, and the format of what is
 * in the tables of namespaces and subscriptions. Gateways write the tables; every process may read
 * them.
 */
@NullMarked
package io.prism.core.table;

import org.jspecify.annotations.NullMarked;
