/**
 * The gateways of a cluster. In: each gateway's name and address, in a shared table. Out: calls
 * that only one of them can answer, forwarded to it.
 */
@NullMarked
package io.prism.gateway.peers;

import org.jspecify.annotations.NullMarked;
