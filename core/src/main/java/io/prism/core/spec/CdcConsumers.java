package io.prism.core.spec;

import io.prism.core.spec.PatternSpec.Cdc.Consumer;
import io.prism.core.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The list of {@code consumers} of {@code cdc}, each a mapping with options of its own. */
final class CdcConsumers implements ValueType<List<Consumer>> {
    private static final String INVALIDATOR = "cache_invalidator";
    private static final String WEBHOOK = "webhook";
    private static final String TOPIC_WRITER = "topic";

    private static final Option<String> NAME =
            Option.of("name", ValueTypes.NAME, "The consumer's name, unique in the list.", "search")
                    .mandatory();
    private static final Option<String> TYPE =
            Option.of(
                            "type",
                            ValueTypes.oneOf(INVALIDATOR, WEBHOOK, TOPIC_WRITER),
                            "What it does: cache_invalidator deletes keys, webhook calls a URL, topic"
                                    + " writes to a topic.",
                            INVALIDATOR)
                    .mandatory();
    private static final Option<String> BACKEND =
            Option.of(
                            "backend",
                            ValueTypes.oneOf("redis"),
                            "Where a cache_invalidator deletes.",
                            "redis")
                    .otherwise("redis for cache_invalidator");
    private static final Option<List<String>> OPERATIONS =
            Option.<List<String>>of(
                            "operations",
                            new ValueType.Many<>(ValueTypes.oneOf("INSERT", "UPDATE", "DELETE")),
                            "The changes it acts on.",
                            "[UPDATE, DELETE]")
                    .otherwise("UPDATE and DELETE for cache_invalidator, else all");
    private static final Option<String> KEY_EXTRACTOR =
            Option.of(
                            "key_extractor",
                            ValueTypes.template(
                                    "user:{after.id}:profile",
                                    Pattern.compile("((after|before)\\.)?[a-zA-Z_][a-zA-Z0-9_]*")),
                            "The key a cache_invalidator deletes, with columns of the row after or"
                                    + " before the change in braces; a deleted row has only before.",
                            "\"user:{after.id}:profile\"")
                    .otherwise("required for cache_invalidator");
    private static final Option<String> URL =
            Option.of("url", ValueTypes.URL, "What a webhook calls.", "https://example.com/hook")
                    .otherwise("required for webhook");
    private static final Option<String> TOPIC =
            Option.of("topic", ValueTypes.TOPIC, "The topic that is written.", "profile-search")
                    .otherwise("required for topic");

    static final List<Option<?>> ALL =
            List.of(NAME, TYPE, BACKEND, OPERATIONS, KEY_EXTRACTOR, URL, TOPIC);

    private static final Map<String, Option<String>> REQUIRED =
            Map.of(INVALIDATOR, KEY_EXTRACTOR, WEBHOOK, URL, TOPIC_WRITER, TOPIC);

    @Override
    public String label() {
        return "list of consumers";
    }

    @Override
    public List<String> allowed() {
        return List.of("a list of mappings with name and type");
    }

    @Override
    public Optional<List<Consumer>> read(At at, Problems problems) {
        if (at.node().isNothing()) {
            return Optional.of(List.of());
        }
        if (!(at.node() instanceof YamlNode.Sequence)) {
            problems.wrong(
                    at.value(),
                    ViolationCode.INVALID_VALUE,
                    "`" + at.path() + "` must be a list",
                    allowed(),
                    "begin each consumer with a dash: `- name: …`");
            return Optional.empty();
        }
        int before = problems.count();
        List<Consumer> consumers = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (At item : at.items()) {
            OptionValues values =
                    new OptionReader("option of a consumer", ALL, Map.of())
                            .read(item, problems, Set.of());
            Optional<String> name = values.find(NAME);
            if (name.isPresent() && !names.add(name.get())) {
                problems.wrong(
                        values.at(NAME),
                        ViolationCode.INVALID_VALUE,
                        "Another consumer is called `" + name.get() + "`",
                        List.of(),
                        "give each consumer its own name");
            }
            values.find(TYPE).ifPresent(type -> checkForType(type, values, problems));
            if (problems.count() == before) {
                consumers.add(consumer(values));
            }
        }
        return problems.count() == before ? Optional.of(List.copyOf(consumers)) : Optional.empty();
    }

    private static void checkForType(String type, OptionValues values, Problems problems) {
        REQUIRED.forEach(
                (of, option) -> {
                    if (of.equals(type) && !values.has(option)) {
                        problems.missing(
                                values.at(),
                                option.name(),
                                "A " + type + " needs `" + option.name() + "`",
                                option.type().allowed(),
                                "add " + option.name() + ": " + option.example());
                    } else if (!of.equals(type) && values.has(option)) {
                        unused(option, type, values, problems);
                    }
                });
        if (!type.equals(INVALIDATOR) && values.has(BACKEND)) {
            unused(BACKEND, type, values, problems);
        }
    }

    private static void unused(
            Option<?> option, String type, OptionValues values, Problems problems) {
        problems.wrong(
                values.at(option),
                ViolationCode.UNUSED_OPTION,
                "`" + option.name() + "` has no effect on a " + type,
                List.of(),
                "remove it, or change the type");
    }

    private static Consumer consumer(OptionValues values) {
        String type = values.get(TYPE);
        boolean invalidator = type.equals(INVALIDATOR);
        Map<String, String> options = new LinkedHashMap<>();
        REQUIRED.values()
                .forEach(o -> values.find(o).ifPresent(text -> options.put(o.name(), text)));
        return new Consumer(
                values.get(NAME),
                type,
                invalidator ? Optional.of(values.orElse(BACKEND, "redis")) : Optional.empty(),
                values.orElse(
                        OPERATIONS,
                        invalidator
                                ? List.of("UPDATE", "DELETE")
                                : List.of("INSERT", "UPDATE", "DELETE")),
                Map.copyOf(options));
    }

    @Override
    public String show(List<Consumer> consumers) {
        return consumers.stream()
                .map(
                        c ->
                                c.name()
                                        + " ("
                                        + c.type()
                                        + " on "
                                        + String.join("/", c.operations())
                                        + ")")
                .collect(Collectors.joining(", "));
    }
}
