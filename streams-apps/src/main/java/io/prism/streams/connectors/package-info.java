/**
 * The role {@code connectors}. In: the table of namespaces. Out: connectors on a Connect cluster as
 * the namespaces need them, and slots that are watched. Any number of processes may run it.
 */
@NullMarked
package io.prism.streams.connectors;

import org.jspecify.annotations.NullMarked;
