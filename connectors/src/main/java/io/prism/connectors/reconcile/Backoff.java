package io.prism.connectors.reconcile;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When what has failed may be tried again. Not thread-safe. */
final class Backoff {
    private final Duration first;
    private final Duration last;
    private final Map<String, Next> next = new HashMap<>();

    private record Next(Instant at, Duration after) {}

    Backoff(Duration first, Duration last) {
        this.first = first;
        this.last = last;
    }

    /** True if it is time; the time after that is then further away. */
    boolean due(String name, Instant now) {
        @Nullable Next planned = next.get(name);
        if (planned == null) {
            next.put(name, new Next(now.plus(first), first));
            return false;
        }
        if (now.isBefore(planned.at())) {
            return false;
        }
        Duration twice = planned.after().multipliedBy(2);
        Duration after = twice.compareTo(last) > 0 ? last : twice;
        next.put(name, new Next(now.plus(after), after));
        return true;
    }

    /** It works. It must go on doing so for as long as the last pause, to begin anew. */
    void well(String name, Instant now) {
        @Nullable Next planned = next.get(name);
        if (planned != null && now.isAfter(planned.at())) {
            next.remove(name);
        }
    }
}
