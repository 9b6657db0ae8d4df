package io.prism.core.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The reference of namespace documents, {@code docs/namespaces.md}, made of the same descriptions
 * that read them. The same catalogue gives the same text.
 */
final class OptionsReference {
    private final StringBuilder text = new StringBuilder();

    private OptionsReference() {}

    /** The whole page, as Markdown. */
    static String markdown() {
        OptionsReference page = new OptionsReference();
        page.introduction();
        page.namespace();
        page.matrix();
        PatternCatalog.ALL.forEach(page::pattern);
        page.backends();
        page.codes();
        return page.text.toString();
    }

    private void introduction() {
        line("<!-- Generated. To regenerate: mvn -pl proto,core test");
        line("     -Dtest=OptionsReferenceTest -Dsurefire.failIfNoSpecifiedTests=false");
        line("     -Dprism.docs.write=true -->");
        line("# Namespace documents");
        line();
        line(
                "A document is YAML (or JSON) with a list `namespaces`. It is checked as a whole: all");
        line("violations are reported at once, each with its place, what is allowed and a remedy.");
        line(
                "Options of a pattern stand beside its `type` or below `config`. A dot in an option's");
        line("name means nesting: `cleanup.ttl` is `ttl` below `cleanup`.");
        line();
        line("```yaml");
        line("namespaces:");
        line("  - name: video-processing");
        line("    client_api: pubsub");
        line("    patterns:");
        line("      - type: outbox");
        line("        table: video_outbox");
        line("      - type: claim-check");
        line("        threshold: 1MB");
        line("        storage: s3");
        line("        bucket: prism-claim-checks");
        line("    backend:");
        line("      type: kafka");
        line("      partitions: 10");
        line("```");
        line();
        line("- **size**: " + Units.SIZE_ALLOWED + ". MB is 10^6 bytes, MiB is 2^20; a bare");
        line("  number is bytes.");
        line("- **duration**: " + Units.DURATION_ALLOWED + ". A bare number is seconds");
        line("  for a `ttl`, and refused elsewhere.");
        line("- **rate**: " + Units.RATE_ALLOWED + ".");
        line("- A document is at most 1 MB, nests at most 50 levels, and uses no aliases or tags.");
        line(
                "- The key `namespaces` may stand several times; a later section's namespace replaces");
        line("  an earlier section's of the same name, with a warning.");
        line();
    }

    private void namespace() {
        line("## Namespace");
        line();
        table(NamespaceOptions.ALL);
        line("| section | what it holds |");
        line("|---|---|");
        NamespaceOptions.SECTIONS.forEach(
                (key, meaning) -> line("| `" + key + "` | " + meaning + " |"));
        line();
        line("### Requirements");
        line();
        line("In place of `patterns`, a namespace may say what it needs:");
        line();
        table(Requirements.ALL);
    }

    private void matrix() {
        line("## Patterns");
        line();
        line("In canonical order, which is the order in which a publish passes them, with the");
        line("backends each can stand on. `claim-check` may be written before `outbox`, and `cdc`");
        line("anywhere: it means the same. Any other order is refused.");
        line();
        List<ClientApi> apis = Arrays.asList(ClientApi.values());
        line(
                "| pattern | "
                        + apis.stream().map(ClientApi::label).collect(Collectors.joining(" | "))
                        + " |");
        line("|---|" + "---|".repeat(apis.size()));
        for (PatternDescriptor pattern : PatternCatalog.ALL) {
            line(
                    "| `"
                            + pattern.type()
                            + "` | "
                            + apis.stream()
                                    .map(api -> pattern.runsOn().getOrDefault(api, List.of()))
                                    .map(backends -> String.join(", ", backends))
                                    .collect(Collectors.joining(" | "))
                            + " |");
        }
        line(
                "| none | "
                        + apis.stream()
                                .map(api -> BackendCatalog.SERVING.getOrDefault(api, List.of()))
                                .map(backends -> String.join(", ", backends))
                                .collect(Collectors.joining(" | "))
                        + " |");
        line();
        line(
                "The first backend of the last row is the default. Patterns that contradict each other:");
        line();
        PatternCatalog.CONFLICTS.entrySet().stream()
                .map(
                        conflict ->
                                "- "
                                        + conflict.getKey().stream()
                                                .sorted()
                                                .map(type -> "`" + type + "`")
                                                .collect(Collectors.joining(" and "))
                                        + ": "
                                        + conflict.getValue()
                                        + ".")
                .sorted()
                .forEach(this::line);
        line();
        line("Every pattern has `type`, and `enabled: false` to leave it out.");
        line();
    }

    private void pattern(PatternDescriptor pattern) {
        line("### " + pattern.type() + " (version " + pattern.version() + ")");
        line();
        line(pattern.summary());
        line();
        new TreeMap<>(pattern.shorthands())
                .forEach(
                        (group, option) ->
                                line("A text in place of `" + group + "` means `" + option + "`."));
        if (!pattern.shorthands().isEmpty()) {
            line();
        }
        table(pattern.options());
        if (pattern.type().equals(PatternSpec.Cdc.TYPE)) {
            line("Each of the `consumers`:");
            line();
            table(CdcConsumers.ALL);
        }
    }

    private void backends() {
        line("## Backends");
        line();
        line("`backend: kafka` is short for `backend: {type: kafka}`; `queue` is another word for");
        line("`type`.");
        line();
        for (Map.Entry<String, List<Option<?>>> backend : BackendCatalog.OPTIONS.entrySet()) {
            line("### " + backend.getKey());
            line();
            if (backend.getValue().isEmpty()) {
                line("No options.");
                line();
            } else {
                table(backend.getValue());
            }
        }
    }

    private void codes() {
        line("## Violations");
        line();
        line("| code | meaning |");
        line("|---|---|");
        for (ViolationCode code : ViolationCode.values()) {
            line("| `" + code + "` | " + code.meaning() + " |");
        }
        line();
        line("## Warnings");
        line();
        line("| code | meaning |");
        line("|---|---|");
        for (WarningCode code : WarningCode.values()) {
            line("| `" + code + "` | " + code.meaning() + " |");
        }
    }

    private void table(List<? extends Option<?>> options) {
        line("| option | type | default | meaning | example |");
        line("|---|---|---|---|---|");
        for (Option<?> option : options) {
            String names =
                    "`"
                            + option.name()
                            + "`"
                            + option.aliases().stream()
                                    .map(alias -> ", `" + alias + "`")
                                    .collect(Collectors.joining());
            line(
                    "| "
                            + String.join(
                                    " | ",
                                    names,
                                    type(option),
                                    fallback(option),
                                    cell(option.meaning()),
                                    "`" + cell(option.example()) + "`")
                            + " |");
        }
        line();
    }

    private static String type(Option<?> option) {
        List<String> allowed = option.type().allowed();
        return allowed.size() > 1 || option.type().label().equals("word")
                ? cell(allowed.stream().map(w -> "`" + w + "`").collect(Collectors.joining(", ")))
                : cell(option.type().label());
    }

    private static String fallback(Option<?> option) {
        if (option.required()) {
            return "required";
        }
        return option.defaultText()
                .map(text -> "`" + text + "`")
                .or(() -> option.defaultNote().map(OptionsReference::cell))
                .orElse("nothing");
    }

    private static String cell(String content) {
        return content.replace("|", "\\|").replace("<", "&lt;");
    }

    private void line() {
        line("");
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
