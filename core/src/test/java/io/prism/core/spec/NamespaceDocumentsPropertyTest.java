package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class NamespaceDocumentsPropertyTest {
    private static final List<String> RFC = rfc();
    private static final String ODD = ":-[]{}#&*!|>'\"%@` \n\t0a,?";

    private final NamespaceDocuments documents = new NamespaceDocuments(List.of("redact"));

    @Property(tries = 500)
    void a_plan_s_source_reads_back_to_the_same_plan(@ForAll("validDocuments") String yaml) {
        ParsedDocument document = documents.read(yaml);
        assertThat(Plans.violations(document)).as(yaml).isEmpty();
        for (NamespacePlan plan : document.plans()) {
            ParsedDocument again = documents.read(plan.source());
            assertThat(Plans.violations(again)).as(plan.source()).isEmpty();
            assertThat(again.plans()).containsExactly(plan);
        }
    }

    @Property(tries = 1000)
    void no_damage_to_a_document_throws(@ForAll long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder(RFC.get(random.nextInt(RFC.size())));
        for (int i = random.nextInt(6); i >= 0; i--) {
            damage(text, random);
        }
        ParsedDocument document = documents.read(text.toString());
        assertThat(document.plans().isEmpty()).as(text.toString()).isEqualTo(!document.valid());
        assertThat(document.violations())
                .allSatisfy(
                        v -> {
                            ViolationCode.valueOf(v.code());
                            assertThat(v.message()).isNotBlank();
                            assertThat(v.found().codePointCount(0, v.found().length()))
                                    .isLessThanOrEqualTo(61);
                        });
    }

    @Property(tries = 500)
    void no_text_throws(@ForAll String text) {
        assertThat(documents.read(text).plans()).isEmpty();
    }

    private static void damage(StringBuilder text, Random random) {
        int at = random.nextInt(text.length());
        int end = Math.min(text.length(), at + random.nextInt(12));
        String piece = text.substring(at, end);
        switch (random.nextInt(5)) {
            case 0 -> text.delete(at, end);
            case 1 -> text.insert(random.nextInt(text.length()), piece);
            case 2 -> text.setCharAt(at, ODD.charAt(random.nextInt(ODD.length())));
            case 3 -> {
                List<String> lines = new ArrayList<>(text.toString().lines().toList());
                lines.add(random.nextInt(lines.size()), lines.get(random.nextInt(lines.size())));
                text.setLength(0);
                text.append(String.join("\n", lines));
            }
            default -> {
                List<String> words =
                        List.of(
                                "null",
                                "-1",
                                "1e999",
                                "[]",
                                "{}",
                                "~",
                                "true",
                                "''",
                                "9".repeat(30));
                text.insert(at, words.get(random.nextInt(words.size())));
            }
        }
        if (text.isEmpty()) {
            text.append("a");
        }
    }

    @Provide
    Arbitrary<String> validDocuments() {
        Arbitrary<String> outbox =
                options(
                        "outbox",
                        "database: db",
                        "table: s.t",
                        "publisher: {interval: 1s}",
                        "retention: 2d");
        Arbitrary<String> claims =
                options(
                        "claim-check",
                        "threshold: 1.5MB",
                        "compression: zstd",
                        "metadata_field: \"my-claim\"",
                        "cleanup: {strategy: ttl, ttl: 3600}",
                        "storage: {bucket: bbb, path_style: true}");
        Arbitrary<String> tiers =
                options("tiered-storage", "retention: 30 days", "hot_retention: 1d", "storage: s3");
        Arbitrary<String> own =
                options(
                        "redact",
                        "a: '1'",
                        "b: 1",
                        "c: 'true'",
                        "d: [1.50, {e: \"x\\ty: #\"}]",
                        "f: '0x1F'");
        Arbitrary<List<String>> patterns =
                Combinators.combine(outbox, claims, tiers, own)
                        .as((a, b, c, d) -> List.of(a, b, c, d))
                        .flatMap(
                                all ->
                                        Arbitraries.subsetOf(all)
                                                .map(
                                                        some ->
                                                                all.stream()
                                                                        .filter(some::contains)
                                                                        .toList()));
        Arbitrary<String> backend =
                Arbitraries.of(
                        "kafka",
                        "{type: kafka, partitions: 7, retention: 2d}",
                        "{queue: kafka, topic: t-1, replication: 3, brokers: ['h:9092']}",
                        "{type: kafka, topic_prefix: p.q}");
        Arbitrary<String> api = Arbitraries.of("", ", client_api: queue", ", client_api: pubsub");
        return Combinators.combine(patterns, backend, api, Arbitraries.of(true, false))
                .as(
                        (list, where, which, traced) ->
                                "namespaces: [{name: ns-1"
                                        + which
                                        + ", patterns: ["
                                        + String.join(", ", list)
                                        + "], backend: "
                                        + where
                                        + ", observability: {trace_patterns: "
                                        + traced
                                        + "}}]");
    }

    private static Arbitrary<String> options(String type, String... options) {
        return Arbitraries.subsetOf(options)
                .map(
                        some ->
                                "{"
                                        + String.join(
                                                ", ",
                                                Stream.concat(
                                                                Stream.of("type: " + type),
                                                                some.stream())
                                                        .toList())
                                        + "}");
    }

    private static List<String> rfc() {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/rfc"))) {
            List<String> texts = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
                texts.add(Files.readString(file));
            }
            return texts;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
