package io.prism.streams.role;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;

import java.nio.file.Path;
import java.time.Clock;

/**
 * What the process lends its roles.
 *
 * @param bootstrap the Kafka cluster, {@code host:port,…}
 * @param state a folder that is this process's alone; what is in it can be made again from Kafka
 */
public record RoleContext(
        String bootstrap, ClaimStores claims, MeterRegistry meters, Clock clock, Path state) {}
