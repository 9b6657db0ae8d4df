/** Which of Debezium's events are heartbeats. In: events. Out: whether they may pass. */
@NullMarked
package io.prism.connectors.heartbeat;

import org.jspecify.annotations.NullMarked;
