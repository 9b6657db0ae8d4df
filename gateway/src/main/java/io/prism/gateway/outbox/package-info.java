/**
 * The outbox pattern. Publish: in place of a record in the log, a row in a database, committed
 * together with those of other publishers; what comes between (a claim check) does its work before,
 * without a connection. A relay puts committed rows into the log. Consume: nothing is left to undo.
 */
@NullMarked
package io.prism.gateway.outbox;

import org.jspecify.annotations.NullMarked;
