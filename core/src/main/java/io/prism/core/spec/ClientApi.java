package io.prism.core.spec;

import java.util.Locale;

/** The API family an application speaks to a namespace. */
public enum ClientApi {
    PUBSUB,
    QUEUE,
    READER,
    TRANSACT,
    CACHE;

    /** As written in {@code client_api}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
