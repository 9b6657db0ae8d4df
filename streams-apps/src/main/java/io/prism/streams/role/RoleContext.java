package io.prism.streams.role;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.core.database.Databases;
import io.prism.core.trace.Traces;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What the process lends its roles.
 *
 * @param bootstrap the Kafka cluster, {@code host:port,…}
 * @param embedded the cluster is a single embedded broker
 * @param databases those that are configured; opened when first needed
 * @param connectors for the role of that name
 * @param state a folder that is this process's alone; what is in it can be made again from Kafka
 */
public record RoleContext(
        String bootstrap,
        boolean embedded,
        ClaimStores claims,
        Databases databases,
        ConnectorsConfig connectors,
        MeterRegistry meters,
        Traces traces,
        Clock clock,
        Path state) {}
