/**
 * Receiving events and a queue's messages. In: a stream of either. Out: lines, JSON objects or
 * files, and acknowledgements of what was dealt with.
 *
 * <p>{@code EventStream} (one {@code Delivery} at a time, so a slow reader holds the server back) →
 * {@code PayloadKeeper} (files, large payloads fetched) → {@code EventText} or {@code EventJson} →
 * {@code Acknowledger}. {@code Receiving} is the loop; {@code AckCalls} is what differs between a
 * subscription and a queue.
 */
@NullMarked
package io.prism.standalone.cli.client.subscribe;

import org.jspecify.annotations.NullMarked;
