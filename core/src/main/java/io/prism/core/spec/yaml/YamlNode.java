package io.prism.core.spec.yaml;

import java.util.List;

/** A YAML tree. Scalars stay text: what they mean is up to who reads them. */
public sealed interface YamlNode {
    Place place();

    /**
     * @param plain written without quotes, so that it may also mean a number, a flag or nothing
     */
    record Scalar(String text, boolean plain, Place place) implements YamlNode {
        /** Whether nothing is written there, or YAML's words for nothing. */
        public boolean isNull() {
            return plain
                    && switch (text) {
                        case "", "~", "null", "Null", "NULL" -> true;
                        default -> false;
                    };
        }
    }

    record Sequence(List<YamlNode> items, Place place) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * @param entries in the text's order; a key may occur more than once
     */
    record Mapping(List<Entry> entries, Place place) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }
    }

    /**
     * @param place the key's
     */
    record Entry(String key, YamlNode value, Place place) {}

    /** Whether nothing is written there. */
    default boolean isNothing() {
        return this instanceof Scalar scalar && scalar.isNull();
    }

    /** What stands there, for people: the text itself, or what kind of collection it is. */
    default String describe() {
        return switch (this) {
            case Scalar scalar -> scalar.isNull() ? "nothing" : scalar.text();
            case Sequence sequence -> "a list of " + sequence.items().size();
            case Mapping mapping -> "a mapping of " + mapping.entries().size();
        };
    }
}
