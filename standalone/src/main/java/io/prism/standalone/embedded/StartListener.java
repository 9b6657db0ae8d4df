package io.prism.standalone.embedded;

import java.time.Duration;

/** Hears of what becomes ready while something starts; called from any thread. */
@FunctionalInterface
public interface StartListener {
    StartListener NONE = (server, address, took) -> {};

    void ready(String server, String address, Duration took);
}
