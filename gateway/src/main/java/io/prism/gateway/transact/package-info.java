/**
 * Rows and messages that commit together. In: calls of TransactService, and the namespaces they are
 * for. Out: committed transactions, or typed errors and nothing written; messages of mailboxes.
 *
 * <p>{@code Transact} (all of it) → {@code Writes} (a transaction in one call), {@code
 * InteractiveTransaction} (one over many requests) and {@code Mailboxes}; each has a {@code
 * WriteSet} (what goes into the transaction: payloads are stored before it begins) and a {@code
 * Session} (a connection with a transaction, from {@code Sessions}: interactive ones have
 * connections of their own, so that they cannot hold up anybody else).
 */
@NullMarked
package io.prism.gateway.transact;

import org.jspecify.annotations.NullMarked;
