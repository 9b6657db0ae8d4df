package io.prism.streams.role;

import io.micrometer.core.instrument.MeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.core.database.Databases;
import java.nio.file.Path;
import java.time.Clock;

/**
 * What the process lends its roles.
 *
 * @param bootstrap the Kafka cluster, {@code host:port,…}
 * @param databases closed by the process, not by a role
 * @param connectors for the role of that name
 * @param state a folder that is this process's alone; what is in it can be made again from Kafka
 */
public record RoleContext(
        String bootstrap,
        ClaimStores claims,
        Databases databases,
        ConnectorsConfig connectors,
        MeterRegistry meters,
        Clock clock,
        Path state) {}
