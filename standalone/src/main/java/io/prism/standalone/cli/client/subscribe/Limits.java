package io.prism.standalone.cli.client.subscribe;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * When receiving ends by itself; without any, it does not.
 *
 * @param events so many, and no more
 * @param timeout after that time
 * @param idle when nothing has arrived for that time
 */
public record Limits(OptionalLong events, Optional<Duration> timeout, Optional<Duration> idle) {}
