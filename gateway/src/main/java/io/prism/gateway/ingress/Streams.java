package io.prism.gateway.ingress;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The publish streams that are open, so that a stopping gateway can let them finish. Thread-safe.
 */
final class Streams {
    private final Set<PublishStreamCall> open = ConcurrentHashMap.newKeySet();
    private volatile boolean draining;

    void opened(PublishStreamCall call) {
        open.add(call);
        if (draining) {
            call.drain();
        }
    }

    void closed(PublishStreamCall call) {
        open.remove(call);
    }

    void drain() {
        draining = true;
        open.forEach(PublishStreamCall::drain);
    }
}
