package io.prism.connectors.connect;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** How a connector does, by Connect's own words for states. */
public record ConnectorStatus(Part connector, List<Part> tasks) {
    public static final String RUNNING = "RUNNING";
    public static final String FAILED = "FAILED";
    public static final String STOPPED = "STOPPED";

    public ConnectorStatus {
        tasks = List.copyOf(tasks);
    }

    /**
     * The connector itself, or one of its tasks.
     *
     * @param state such as {@link #RUNNING}
     * @param worker {@code host:port}
     * @param trace the failure's stack trace; empty unless it has failed
     */
    public record Part(String state, String worker, String trace) {
        /** The trace's first line. */
        public String error() {
            return trace.lines().findFirst().orElse("");
        }
    }

    /** The connector and at least one task run, and none has failed. */
    public boolean running() {
        return connector.state().equals(RUNNING)
                && !tasks.isEmpty()
                && tasks.stream().allMatch(task -> task.state().equals(RUNNING));
    }

    /** It has no tasks, and gets none until it is resumed. */
    public boolean stopped() {
        return connector.state().equals(STOPPED);
    }

    /** Why it has failed, in a line; empty unless it has. */
    public Optional<String> failure() {
        return Stream.concat(Stream.of(connector), tasks.stream())
                .filter(part -> part.state().equals(FAILED))
                .map(Part::error)
                .findFirst();
    }

    /** The state that says most: of what has failed, else of what does not run. */
    public String state() {
        if (failure().isPresent()) {
            return FAILED;
        }
        if (!connector.state().equals(RUNNING)) {
            return connector.state();
        }
        return tasks.stream()
                .map(Part::state)
                .filter(state -> !state.equals(RUNNING))
                .findFirst()
                .orElse(tasks.isEmpty() ? "UNASSIGNED" : RUNNING);
    }
}
