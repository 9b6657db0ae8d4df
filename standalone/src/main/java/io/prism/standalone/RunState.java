package io.prism.standalone;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;

/**
 * What a data folder says of the process that uses it.
 *
 * @param pid of that process
 * @param started when the kernel started that process, so that a pid used again is not mistaken for
 *     it
 * @param since when it took the folder
 * @param addresses empty while it starts
 */
public record RunState(long pid, Instant started, Instant since, Optional<Addresses> addresses) {
    private static final String ADDRESS = "address.";

    static RunState ofThisProcess(Instant since, Optional<Addresses> addresses) {
        ProcessHandle self = ProcessHandle.current();
        return new RunState(
                self.pid(), self.info().startInstant().orElse(Instant.EPOCH), since, addresses);
    }

    /** Whether that process still runs. */
    public boolean alive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .map(p -> p.info().startInstant().orElse(Instant.EPOCH))
                // The kernel counts from boot; the clock may have been set since.
                .filter(at -> Math.abs(at.toEpochMilli() - started.toEpochMilli()) < 5000)
                .isPresent();
    }

    Properties toProperties() {
        var properties = new Properties();
        properties.setProperty("pid", Long.toString(pid));
        properties.setProperty("started", started.toString());
        properties.setProperty("since", since.toString());
        addresses.ifPresent(
                a -> {
                    int i = 0;
                    for (Map.Entry<String, String> entry : a.environment().entrySet()) {
                        String key = ADDRESS + "%02d.".formatted(i++) + entry.getKey();
                        properties.setProperty(key, entry.getValue());
                    }
                });
        return properties;
    }

    /** Empty where it was not written by {@link #toProperties}. */
    static Optional<RunState> of(Properties properties) {
        try {
            var environment = new LinkedHashMap<String, String>();
            for (String key : new TreeSet<>(properties.stringPropertyNames())) {
                if (key.startsWith(ADDRESS)) {
                    environment.put(
                            key.substring(ADDRESS.length() + 3), properties.getProperty(key));
                }
            }
            return Optional.of(
                    new RunState(
                            Long.parseLong(properties.getProperty("pid", "")),
                            Instant.parse(properties.getProperty("started", "")),
                            Instant.parse(properties.getProperty("since", "")),
                            environment.isEmpty()
                                    ? Optional.empty()
                                    : Optional.of(new Addresses(environment))));
        } catch (RuntimeException unreadable) {
            return Optional.empty();
        }
    }
}
