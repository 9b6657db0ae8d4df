/**
 * Tables and views as the database's catalogue has them, and values on their way into and out of
 * columns. In: names that a namespace declares, and a client's values. Out: identifiers for SQL
 * text that are the catalogue's own, texts to bind, values for responses.
 *
 * <p>{@code Catalogue} (what a table has) → {@code Table} and {@code Column}; {@code ColumnText} (a
 * client's value → what is bound, by {@code Parameters}) and {@code ColumnValue} (a column's text →
 * a client's value) are each other's opposite.
 */
@NullMarked
package io.prism.gateway.relation;

import org.jspecify.annotations.NullMarked;
