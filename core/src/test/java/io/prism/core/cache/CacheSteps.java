package io.prism.core.cache;

/**
 * The cache as its scripts do it, one step a call, for {@link Interleaving} to drive: the model and
 * the real thing. Values are version numbers.
 */
interface CacheSteps {
    /** What a lookup finds. */
    sealed interface Found {
        record Hit(int version) implements Found {}

        record Miss(String token) implements Found {}

        record Filling(String token) implements Found {}
    }

    Found lookup(int key);

    FillOutcome fill(int key, String token, int version, ReadPoint point);

    void release(int key, String token);

    void invalidate(int key, ChangePoint at);

    void clear(ChangePoint at);

    void expireValue(int key);

    void expireLease(int key);

    void expireFence(int key);

    /** Ends the server and starts it again, having forgotten its last steps. */
    void crash(int forgottenSteps);
}
