/**
 * Changes of rows on their way from Debezium to a namespace's topic, and as consumers find them
 * there. In: Debezium's events. Out: one record a change, in Debezium's standard envelope.
 */
@NullMarked
package io.prism.connectors.cdc;

import org.jspecify.annotations.NullMarked;
