/**
 * Payloads too large for an event. In: a {@code payload_ref}. Out: its bytes in order, in a file or
 * a stream, also when connections break on the way.
 */
@NullMarked
package io.prism.standalone.cli.client.payload;

import org.jspecify.annotations.NullMarked;
