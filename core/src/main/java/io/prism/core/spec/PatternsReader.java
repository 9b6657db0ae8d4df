package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the list under {@code patterns}. */
final class PatternsReader {
    static final String DECLARED = "declared";

    private static final int MOST = 100;

    private final List<String> custom;
    private final List<String> types;

    PatternsReader(List<String> custom) {
        this.custom = custom;
        this.types = new ArrayList<>(PatternCatalog.types());
        types.addAll(custom);
    }

    /** The enabled patterns, in the document's order; the others leave a note. */
    List<PatternDraft> read(At at, Problems problems, List<String> notes) {
        List<PatternDraft> drafts = new ArrayList<>();
        if (at.node().isNothing()) {
            return drafts;
        }
        if (!(at.node() instanceof YamlNode.Sequence)) {
            problems.wrong(
                    at.value(),
                    ViolationCode.INVALID_VALUE,
                    "`patterns` must be a list",
                    List.of("a list of mappings with a type"),
                    "begin each pattern with a dash: `- type: claim-check`");
            return drafts;
        }
        if (at.items().size() > MOST) {
            problems.wrong(
                    at.value(),
                    ViolationCode.INVALID_VALUE,
                    "`patterns` lists more than " + MOST,
                    List.of("up to " + MOST + " patterns"),
                    "declare each pattern once");
            return drafts;
        }
        for (At item : at.items()) {
            readOne(item, problems, notes).ifPresent(drafts::add);
        }
        return drafts;
    }

    private Optional<PatternDraft> readOne(At at, Problems problems, List<String> notes) {
        if (!(at.node() instanceof YamlNode.Mapping mapping)) {
            String guess =
                    at.node() instanceof YamlNode.Scalar scalar && types.contains(scalar.text())
                            ? scalar.text()
                            : "claim-check";
            problems.wrong(
                    at,
                    ViolationCode.INVALID_VALUE,
                    "A pattern must be a mapping with a type",
                    types,
                    "write `- type: " + guess + "`");
            return Optional.empty();
        }
        Optional<At> typeAt = entry(at, mapping, "type");
        if (typeAt.isEmpty()) {
            String guess =
                    mapping.entries().stream()
                            .map(YamlNode.Entry::key)
                            .filter(types::contains)
                            .findFirst()
                            .map(type -> "write `type: " + type + "` and its options beside it")
                            .orElse("add type: " + types.getFirst());
            problems.missing(at, "type", "A pattern needs a type", types, guess);
            return Optional.empty();
        }
        Optional<String> type = text(typeAt.get(), problems);
        boolean enabled =
                entry(at, mapping, "enabled")
                        .flatMap(flag -> ValueTypes.FLAG.read(flag, problems))
                        .orElse(true);
        if (type.isEmpty()) {
            return Optional.empty();
        }
        Optional<PatternDraft> draft = draft(at, mapping, typeAt.get(), type.get(), problems);
        if (!enabled) {
            draft.ifPresent(d -> notes.add(d.type() + " is declared but not enabled"));
            return Optional.empty();
        }
        return draft;
    }

    private Optional<PatternDraft> draft(
            At at, YamlNode.Mapping mapping, At typeAt, String type, Problems problems) {
        Optional<PatternDescriptor> descriptor = PatternCatalog.find(type);
        if (descriptor.isPresent()) {
            OptionValues values = descriptor.get().read(at, problems);
            return Optional.of(new PatternDraft.BuiltIn(at, descriptor.get(), values, DECLARED));
        }
        if (custom.contains(type)) {
            return Optional.of(
                    new PatternDraft.Own(at, type, ownOptions(at, mapping, problems), DECLARED));
        }
        problems.unknown(typeAt.value(), ViolationCode.UNKNOWN_PATTERN, type, "pattern", types);
        return Optional.empty();
    }

    /** The options beside {@code type} and those under {@code config}, as they are. */
    private static Map<String, Object> ownOptions(
            At at, YamlNode.Mapping mapping, Problems problems) {
        Map<String, Object> options = new LinkedHashMap<>();
        for (YamlNode.Entry entry : mapping.entries()) {
            switch (entry.key()) {
                case "type", "enabled" -> {}
                case "config" -> {
                    if (entry.value() instanceof YamlNode.Mapping config) {
                        At inner = at.entry(entry);
                        config.entries().forEach(e -> putOwn(inner.entry(e), e, options, problems));
                    } else if (!entry.value().isNothing()) {
                        problems.wrong(
                                at.entry(entry).value(),
                                ViolationCode.INVALID_VALUE,
                                "`config` must be a mapping of options",
                                List.of(),
                                "write one `option: value` a line below it");
                    }
                }
                default -> putOwn(at.entry(entry), entry, options, problems);
            }
        }
        return Collections.unmodifiableMap(options);
    }

    private static void putOwn(
            At at, YamlNode.Entry entry, Map<String, Object> options, Problems problems) {
        if (options.containsKey(entry.key())) {
            problems.wrong(
                    at,
                    ViolationCode.DUPLICATE_KEY,
                    "`" + Shown.of(entry.key()) + "` is given both beside and under `config`",
                    List.of(),
                    "remove one of them");
            return;
        }
        PlainValues.of(at, problems).ifPresent(value -> options.put(entry.key(), value));
    }

    private static Optional<String> text(At at, Problems problems) {
        return new ValueType.Scalar<String>(
                        "pattern's type", PatternCatalog.types(), Parsed::of, text -> text)
                .read(at, problems);
    }

    private static Optional<At> entry(At at, YamlNode.Mapping mapping, String key) {
        return mapping.entries().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .map(at::entry);
    }
}
