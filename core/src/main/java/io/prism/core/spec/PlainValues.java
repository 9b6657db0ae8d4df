package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Nodes as plain Java values, for patterns that check their options themselves: {@code String},
 * {@code Boolean}, {@code Long} or {@code BigInteger}, {@code Double}, {@code List}, {@code Map}.
 * Nothing (null) is refused, as it is for every other option.
 */
final class PlainValues {
    private static final int LONGEST_NUMBER = 64;

    private PlainValues() {}

    static Optional<Object> of(At at, Problems problems) {
        return switch (at.node()) {
            case YamlNode.Scalar scalar when scalar.isNull() -> {
                problems.wrong(
                        at,
                        ViolationCode.INVALID_VALUE,
                        "`" + at.path() + "` has no value",
                        List.of(),
                        "write a value, or remove the key");
                yield Optional.empty();
            }
            case YamlNode.Scalar scalar ->
                    Optional.of(scalar.plain() ? typed(scalar.text()) : scalar.text());
            case YamlNode.Sequence ignored -> {
                List<Object> list = new ArrayList<>();
                at.items().forEach(item -> of(item, problems).ifPresent(list::add));
                yield Optional.of(Collections.unmodifiableList(list));
            }
            case YamlNode.Mapping mapping -> {
                Map<String, Object> map = new LinkedHashMap<>();
                for (YamlNode.Entry entry : mapping.entries()) {
                    of(at.entry(entry), problems).ifPresent(value -> map.put(entry.key(), value));
                }
                yield Optional.of(Collections.unmodifiableMap(map));
            }
        };
    }

    /** By YAML's core schema, without its octal and hexadecimal numbers. */
    private static Object typed(String text) {
        switch (text) {
            case "true", "True", "TRUE" -> {
                return true;
            }
            case "false", "False", "FALSE" -> {
                return false;
            }
            default -> {}
        }
        if (text.length() <= LONGEST_NUMBER && text.matches("[-+]?[0-9]+")) {
            BigInteger number = new BigInteger(text);
            if (number.bitLength() < 64) {
                return number.longValueExact();
            }
            return number;
        }
        if (text.length() <= LONGEST_NUMBER
                && text.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
            return Double.parseDouble(text);
        }
        return text;
    }
}
