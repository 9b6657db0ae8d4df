/**
 * Small tables that all gateways share. In: conditional updates. Out: the same current state in
 * every process, kept in a compacted topic.
 */
@NullMarked
package io.prism.gateway.table;

import org.jspecify.annotations.NullMarked;
