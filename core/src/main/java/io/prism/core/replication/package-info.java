/**
 * What is read of a database's write-ahead log, and how it is made: slots and publications. In: a
 * connection, and which tables are to be read. Out: DDL that ran, or a refusal that names the
 * remedy.
 */
@NullMarked
package io.prism.core.replication;

import org.jspecify.annotations.NullMarked;
