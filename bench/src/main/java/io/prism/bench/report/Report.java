package io.prism.bench.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/**
 * A whole run.
 *
 * @param at when it began
 * @param timing rounds and their length, in words
 */
public record Report(Instant at, Machine machine, String timing, List<Outcome> outcomes) {
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

    /** To the minute; UTC. */
    public String date() {
        return DATE.format(at);
    }
}
