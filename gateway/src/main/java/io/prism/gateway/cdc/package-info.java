/**
 * The pattern cdc. It makes what a capture needs when a namespace is created; messages pass as they
 * are, and the changes themselves pass through Connect.
 */
@NullMarked
package io.prism.gateway.cdc;

import org.jspecify.annotations.NullMarked;
