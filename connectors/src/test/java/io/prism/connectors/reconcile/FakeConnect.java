package io.prism.connectors.reconcile;

import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.connect.ConnectorStatus.Part;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Connectors in a map; what was asked for is remembered. */
final class FakeConnect implements ConnectRuntime {
    final Map<String, Map<String, String>> connectors = new TreeMap<>();
    final Map<String, String> failures = new TreeMap<>();
    final Set<String> stopped = new TreeSet<>();
    final Set<String> held = new TreeSet<>();
    final List<String> calls = new ArrayList<>();

    @Override
    public Map<String, Map<String, String>> connectors() {
        return new TreeMap<>(connectors);
    }

    @Override
    public void put(String name, Map<String, String> config) {
        calls.add("put " + name);
        connectors.put(name, config);
    }

    /** Of one that is held, only the first step is done. */
    @Override
    public void delete(String name) {
        calls.add("delete " + name);
        if (held.contains(name)) {
            stopped.add(name);
            throw new PrismException(ErrorCode.BACKEND_UNAVAILABLE, "still in its group");
        }
        stopped.remove(name);
        connectors.remove(name);
    }

    @Override
    public void resume(String name) {
        calls.add("resume " + name);
        stopped.remove(name);
    }

    @Override
    public Optional<ConnectorStatus> status(String name) {
        if (stopped.contains(name)) {
            return Optional.of(
                    new ConnectorStatus(new Part(ConnectorStatus.STOPPED, "w", ""), List.of()));
        }
        Part connector = new Part(ConnectorStatus.RUNNING, "w", "");
        Part task =
                failures.containsKey(name)
                        ? new Part(ConnectorStatus.FAILED, "w", failures.get(name) + "\n\tat x")
                        : connector;
        return connectors.containsKey(name)
                ? Optional.of(new ConnectorStatus(connector, List.of(task)))
                : Optional.empty();
    }

    @Override
    public void restartFailed(String name) {
        calls.add("restart " + name);
    }
}
