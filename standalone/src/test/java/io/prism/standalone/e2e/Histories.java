package io.prism.standalone.e2e;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What happened to each key, in order: ids and payloads. */
final class Histories {
    private static final int TOLD = 10;

    private final Map<String, List<Entry>> byKey = new TreeMap<>();

    private record Entry(String id, String payload) {}

    /** Happened after everything that was added before. */
    void add(String key, String id, byte[] payload) {
        byKey.computeIfAbsent(key, first -> new ArrayList<>())
                .add(new Entry(id, payload.length + " bytes " + sha256(payload)));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    int size() {
        return byKey.values().stream().mapToInt(List::size).sum();
    }

    Set<String> ids() {
        Set<String> ids = new TreeSet<>();
        byKey.values().forEach(entries -> entries.forEach(entry -> ids.add(entry.id())));
        return ids;
    }

    /** What is different here, in words; empty if everything is as it should be. */
    List<String> differences(Histories expected) {
        List<String> differences = new ArrayList<>();
        Set<String> keys = new TreeSet<>(expected.byKey.keySet());
        keys.addAll(byKey.keySet());
        for (String key : keys) {
            compare(
                    key,
                    expected.byKey.getOrDefault(key, List.of()),
                    byKey.getOrDefault(key, List.of()),
                    differences);
        }
        return differences;
    }

    private static void compare(
            String key, List<Entry> expected, List<Entry> actual, List<String> differences) {
        if (expected.equals(actual)) {
            return;
        }
        Map<String, Entry> wanted = new HashMap<>();
        expected.forEach(entry -> wanted.put(entry.id(), entry));
        Map<String, Integer> seen = new HashMap<>();
        actual.forEach(entry -> seen.merge(entry.id(), 1, Integer::sum));
        tell(
                key + " lost",
                wanted.keySet().stream().filter(id -> !seen.containsKey(id)),
                differences);
        tell(
                key + " twice",
                seen.keySet().stream().filter(id -> seen.getOrDefault(id, 0) > 1),
                differences);
        tell(
                key + " never committed",
                seen.keySet().stream().filter(id -> !wanted.containsKey(id)),
                differences);
        tell(
                key + " altered",
                actual.stream()
                        .filter(
                                entry ->
                                        wanted.containsKey(entry.id())
                                                && !entry.equals(wanted.get(entry.id())))
                        .map(Entry::toString),
                differences);
        for (int i = 0; i < Math.min(expected.size(), actual.size()); i++) {
            if (!expected.get(i).equals(actual.get(i))) {
                differences.add(
                        "%s at %d of %d: %s instead of %s"
                                .formatted(
                                        key, i, expected.size(), actual.get(i), expected.get(i)));
                return;
            }
        }
    }

    private static void tell(String what, Stream<String> which, List<String> differences) {
        List<String> all = which.sorted().toList();
        if (!all.isEmpty()) {
            differences.add(
                    "%s: %d, such as %s"
                            .formatted(
                                    what, all.size(), all.subList(0, Math.min(TOLD, all.size()))));
        }
    }
}
