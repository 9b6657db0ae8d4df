/**
 * What writers of an outbox, its relay and its connectors agree on. In: rows that an application or
 * the gateway inserted in their own transactions. Out: one record a row in an internal topic, in
 * commit order, whichever way it was read from the database.
 */
@NullMarked
package io.prism.core.outbox;

import org.jspecify.annotations.NullMarked;
