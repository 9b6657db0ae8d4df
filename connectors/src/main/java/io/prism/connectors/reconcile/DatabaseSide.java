package io.prism.connectors.reconcile;

import io.prism.connectors.debezium.WantedConnector;
import java.util.function.BooleanSupplier;

/**
 * What a connector needs besides Connect: its topic, and slot, publication and tables. Blocks, and
 * throws PrismException saying what cannot be done and why.
 */
interface DatabaseSide {
    /** Makes what is missing. Idempotent. */
    void prepare(WantedConnector wanted);

    /**
     * Drops slot and publication if nobody reads the slot and, once nobody can prepare the database
     * any more, nobody needs it; true if there is no slot of this database's now.
     */
    boolean drop(String database, BooleanSupplier unneeded);
}
