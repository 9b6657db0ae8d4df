/**
 * Receiving events. In: a subscription's stream. Out: lines, JSON objects or files, and
 * acknowledgements of what was dealt with.
 *
 * <p>{@code EventStream} (one event at a time, so a slow reader holds the server back) → {@code
 * PayloadKeeper} (files, large payloads fetched) → {@code EventText} or {@code EventJson} → {@code
 * Acknowledger}. {@code Receiving} is the loop.
 */
@NullMarked
package io.prism.standalone.cli.client.subscribe;

import org.jspecify.annotations.NullMarked;
