package io.prism.connectors.debezium;

/** A connector that namespaces need. */
public sealed interface Wanted permits WantedConnector, WantedCapture, WantedConsumer {
    /** Before the rest in the names of Prism's connectors. */
    String PREFIX = "prism-";

    /** The connector's name; no two have the same. */
    String name();

    /** By the name that namespaces use. */
    String database();

    /** The one namespace that it is for; empty where it is for all of the database. */
    String namespace();

    /** The consumer that it is, by its name in the namespace; empty where it captures. */
    String consumer();
}
