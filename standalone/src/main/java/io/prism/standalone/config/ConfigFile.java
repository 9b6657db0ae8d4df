package io.prism.standalone.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** A configuration file: YAML, nested or with dotted keys, or Java properties by its name's end. */
final class ConfigFile {
    private static final int LARGEST = 1 << 20;

    private ConfigFile() {}

    /** Key by key as text; what cannot be read becomes a problem. */
    static Map<String, String> read(Path file, List<Problem> problems) {
        var flat = new TreeMap<String, String>();
        try {
            if (Files.size(file) > LARGEST) {
                problems.add(new Problem(file.toString(), "is larger than 1 MiB"));
                return flat;
            }
            String text = Files.readString(file);
            if (file.toString().endsWith(".properties")) {
                var properties = new Properties();
                properties.load(new StringReader(text));
                properties
                        .stringPropertyNames()
                        .forEach(k -> flat.put(k, properties.getProperty(k)));
            } else {
                yaml(text, file, flat, problems);
            }
        } catch (IOException | IllegalArgumentException e) {
            problems.add(new Problem(file.toString(), "cannot be read: " + e));
        }
        return flat;
    }

    private static void yaml(
            String text, Path file, Map<String, String> flat, List<Problem> problems) {
        try {
            var settings = LoadSettings.builder().setLabel(file.toString()).build();
            Object document = new Load(settings).loadFromString(text);
            if (document instanceof Map<?, ?> map) {
                flatten("", map, flat, problems);
            } else if (document != null) {
                problems.add(new Problem(file.toString(), "is not a mapping of options"));
            }
        } catch (YamlEngineException e) {
            problems.add(new Problem(file.toString(), "is not YAML: " + e.getMessage()));
        }
    }

    private static void flatten(
            String prefix, Map<?, ?> map, Map<String, String> flat, List<Problem> problems) {
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = prefix + entry.getKey();
            @Nullable Object value = entry.getValue();
            switch (value) {
                case Map<?, ?> nested -> flatten(key + ".", nested, flat, problems);
                case List<?> several ->
                        flat.put(
                                key,
                                String.join(",", several.stream().map(String::valueOf).toList()));
                case null -> problems.add(new Problem(key, "has no value"));
                default -> flat.put(key, value.toString());
            }
        }
    }
}
