/**
 * Rows of the tables and views that a namespace declares. In: calls of ReaderService, and the
 * namespaces they are for. Out: rows, pages and counts, each with where it comes from and how new
 * it is, or typed errors. Nothing a client sends becomes part of a statement.
 *
 * <p>{@code Reader} (all of it) → {@code Collections} (what a namespace lets read) → {@code Select}
 * (text and values, with {@code FilterSql} and {@code Keyset}) → {@code RowReader} (runs it on
 * {@code Connections}, until its caller is gone: {@code Abandonment}). {@code Cursors} signs where
 * a page ends; {@code Horizon} says which changes a row is sure to hold; a {@code RowCache} may
 * answer in the database's place, and {@code WarmUp} reads ahead into it.
 */
@NullMarked
package io.prism.gateway.reader;

import org.jspecify.annotations.NullMarked;
