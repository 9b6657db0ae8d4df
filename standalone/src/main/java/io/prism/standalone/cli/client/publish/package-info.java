/**
 * Publishing from files, text and streams. In: payloads of any size or number. Out: receipts, once
 * durable.
 *
 * <p>One payload of up to 4 MiB is a unary call; a larger one, or one of unknown length, goes in
 * chunks; many small ones share a pipelined stream. All three hold a bounded number of bytes.
 * {@code PublishCalls} is what differs between a topic and a queue.
 */
@NullMarked
package io.prism.standalone.cli.client.publish;

import org.jspecify.annotations.NullMarked;
