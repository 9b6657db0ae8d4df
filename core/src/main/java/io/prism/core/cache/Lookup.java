package io.prism.core.cache;

/** What a lookup finds. */
public sealed interface Lookup {
    /** A value that no invalidation applied so far speaks against. */
    record Hit(CachedValue value) implements Lookup {}

    /**
     * Nothing, and the caller is the one who may fill it.
     *
     * @param token names the lease; the value must be read after this answer came
     */
    record Miss(String token) implements Lookup {}

    /**
     * Nothing yet: someone else has the lease.
     *
     * @param token of the lease, so that callers of one process can wait together
     */
    record Filling(String token) implements Lookup {}
}
