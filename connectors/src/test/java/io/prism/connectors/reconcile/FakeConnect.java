package io.prism.connectors.reconcile;

import io.prism.connectors.connect.ConnectRuntime;
import io.prism.connectors.connect.ConnectorStatus;
import io.prism.connectors.connect.ConnectorStatus.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Connectors in a map; what was asked for is remembered. */
final class FakeConnect implements ConnectRuntime {
    final Map<String, Map<String, String>> connectors = new TreeMap<>();
    final Map<String, String> failures = new TreeMap<>();
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

    @Override
    public void delete(String name) {
        calls.add("delete " + name);
        connectors.remove(name);
    }

    @Override
    public Optional<ConnectorStatus> status(String name) {
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
