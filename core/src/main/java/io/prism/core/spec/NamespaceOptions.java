package io.prism.core.spec;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The options of a namespace itself. */
final class NamespaceOptions {
    static final Option<NamespaceName> NAME =
            Option.of(
                            "name",
                            new ValueType.Scalar<>(
                                    "name",
                                    List.of(
                                            "1 to 63 lower-case letters, digits, hyphens or"
                                                    + " underscores, beginning with a letter or"
                                                    + " digit; not prism"),
                                    NamespaceOptions::parseName,
                                    NamespaceName::value),
                            "What calls name in x-prism-namespace.",
                            "video-processing")
                    .mandatory();
    static final Option<ClientApi> CLIENT_API =
            Option.of(
                            "client_api",
                            ValueTypes.word(ClientApi.class, '_'),
                            "The API that applications speak.",
                            "queue")
                    .defaults("pubsub");
    static final Option<Ordering> ORDERING =
            Option.of(
                            "ordering",
                            ValueTypes.word(Ordering.class, '_'),
                            "Of a queue: `key` delivers the messages of one key one after the"
                                    + " other, in the order they were published; `none` delivers"
                                    + " to whoever is free.",
                            "key")
                    .defaults("none");
    static final Option<Boolean> TRACE_PATTERNS =
            Option.of(
                            "observability.trace_patterns",
                            ValueTypes.FLAG,
                            "Whether each pattern of a call gets a span of its own.",
                            "false")
                    .defaults("true");
    static final Option<Boolean> PATTERN_METRICS =
            Option.of(
                            "observability.pattern_metrics",
                            ValueTypes.FLAG,
                            "Whether each pattern is measured.",
                            "false")
                    .defaults("true");

    static final Option<List<String>> TABLES =
            Option.<List<String>>of(
                            "tables",
                            new ValueType.Many<>(ValueTypes.TABLE),
                            "Of client_api transact: the tables that transactions may write, and no"
                                    + " others.",
                            "[orders, shop.items]")
                    .otherwise("none: transactions carry messages only");

    static final Option<List<CollectionSpec>> COLLECTIONS =
            Option.<List<CollectionSpec>>of(
                            "collections",
                            new ValueType.Many<>(ValueTypes.COLLECTION),
                            "Of client_api reader: the tables and views whose rows can be read, and"
                                    + " no others. A view has no primary key: the columns that"
                                    + " name its rows follow in parentheses.",
                            "[orders, shop.totals(day)]")
                    .otherwise("the tables of cdc, else none");

    static final List<Option<?>> ALL =
            List.of(
                    NAME,
                    CLIENT_API,
                    ORDERING,
                    TABLES,
                    COLLECTIONS,
                    TRACE_PATTERNS,
                    PATTERN_METRICS);

    /** Keys of a namespace that have readers of their own, and what they hold. */
    static final Map<String, String> SECTIONS = sections();

    private NamespaceOptions() {}

    static OptionValues read(At at, Problems problems) {
        return new OptionReader("option of a namespace", ALL, Map.of())
                .read(at, problems, Set.copyOf(SECTIONS.keySet()));
    }

    private static Parsed<NamespaceName> parseName(String text) {
        if (NamespaceName.isValid(text)) {
            return Parsed.of(new NamespaceName(text));
        }
        if (text.length() > 200) {
            return Parsed.wrong("is too long", "");
        }
        String near =
                text.toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9_-]+", "-")
                        .replaceAll("^[-_]+|[-_]+$", "");
        return Parsed.wrong(
                text.equals("prism") ? "is Prism's own name" : "is not a namespace name",
                NamespaceName.isValid(near) && !near.equals(text)
                        ? "did you mean `" + near + "`?"
                        : "");
    }

    private static Map<String, String> sections() {
        Map<String, String> sections = new LinkedHashMap<>();
        sections.put("patterns", "The patterns, in order: how calls are made reliable.");
        sections.put("requirements", "What is needed, in place of patterns; Prism chooses them.");
        sections.put("backend", "Where it runs.");
        return sections;
    }
}
