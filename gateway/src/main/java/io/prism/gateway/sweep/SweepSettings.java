package io.prism.gateway.sweep;

import java.time.Duration;

/**
 * How this process sweeps.
 *
 * @param interval how often each namespace is swept
 * @param grace the least age of what the periodic sweep deletes
 * @param settle the longest a publish takes from the moment its payload is stored until its record
 *     is appended or never will be
 */
public record SweepSettings(Duration interval, Duration grace, Duration settle) {
    public static final Duration GRACE = Duration.ofHours(1);
}
