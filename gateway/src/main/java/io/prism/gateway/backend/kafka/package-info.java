/**
 * Kafka as the log. In: records and read requests. Out: places in Kafka's topics; every Kafka
 * exception is mapped here.
 */
@NullMarked
package io.prism.gateway.backend.kafka;

import org.jspecify.annotations.NullMarked;
