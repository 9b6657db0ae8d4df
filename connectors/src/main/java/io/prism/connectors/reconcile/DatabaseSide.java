package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.Leftover;
import io.prism.connectors.debezium.Wanted;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * What a connector needs besides Connect: its topic, and slot, publication and tables. Blocks, and
 * throws PrismException saying what cannot be done and why.
 */
interface DatabaseSide {
    /** Makes what is missing. Idempotent. */
    void prepare(Wanted wanted);

    /**
     * Drops slot and publication if nobody reads the slot and, once nobody can prepare the database
     * any more, nobody needs it; true if there is nothing of it now.
     */
    boolean drop(Leftover leftover, BooleanSupplier unneeded);

    /**
     * What the outboxes and captures of this Kafka cluster's namespaces have, whether there are
     * such namespaces or not, where nobody reads the slot now. A database that does not answer is
     * left out.
     */
    List<Leftover> idle();
}
