package io.prism.core.spec.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class YamlRoundTripTest {

    @Property(tries = 2000)
    void what_is_written_reads_back(@ForAll("trees") YamlNode tree) {
        String written = YamlWriter.write(tree);
        YamlReader.Result read = YamlReader.read(written);
        assertThat(read.problems()).as(written).isEmpty();
        assertThat(read.root().map(YamlRoundTripTest::withoutPlaces)).as(written).contains(tree);
    }

    @Provide
    Arbitrary<YamlNode> trees() {
        return trees(3);
    }

    private static Arbitrary<YamlNode> trees(int depth) {
        if (depth == 0) {
            return scalars();
        }
        Arbitrary<YamlNode> inner = Arbitraries.lazy(() -> trees(depth - 1));
        Arbitrary<YamlNode> lists =
                inner.list().ofMaxSize(3).map(items -> new YamlNode.Sequence(items, Place.NONE));
        Arbitrary<YamlNode> mappings =
                inner.flatMap(
                                value ->
                                        texts().map(
                                                        key ->
                                                                new YamlNode.Entry(
                                                                        key, value, Place.NONE)))
                        .list()
                        .ofMaxSize(3)
                        .map(entries -> new YamlNode.Mapping(entries, Place.NONE));
        return Arbitraries.oneOf(List.of(scalars(), lists, mappings));
    }

    private static Arbitrary<YamlNode> scalars() {
        Arbitrary<YamlNode> plain =
                Arbitraries.of(
                                "1MB",
                                "604800",
                                "true",
                                "null",
                                "user:{id}:x",
                                "a b",
                                "30 days",
                                "1.5",
                                "-1",
                                "s3",
                                "http://h:1/p",
                                "10k msgs/s",
                                "~")
                        .map(
                                text ->
                                        new YamlNode.Scalar(
                                                text.equals("~") ? "null" : text,
                                                true,
                                                Place.NONE));
        Arbitrary<YamlNode> quoted =
                texts().map(text -> new YamlNode.Scalar(text, false, Place.NONE));
        return Arbitraries.oneOf(List.of(plain, quoted));
    }

    private static Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.strings()
                        .withChars("ab:#-{}[],'\"\\|>&*!%@`? \t\n\r\u0000\u0007ä\u2028")
                        .ofMaxLength(8),
                Arbitraries.strings().all().ofMaxLength(5).filter(YamlRoundTripTest::isText));
    }

    private static boolean isText(String text) {
        return text.codePoints()
                .noneMatch(c -> c >= 0xD800 && c <= 0xDFFF || c >= 0xFFFD && c <= 0xFFFF);
    }

    private static YamlNode withoutPlaces(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar s -> new YamlNode.Scalar(s.text(), s.plain(), Place.NONE);
            case YamlNode.Sequence s ->
                    new YamlNode.Sequence(
                            s.items().stream().map(YamlRoundTripTest::withoutPlaces).toList(),
                            Place.NONE);
            case YamlNode.Mapping m ->
                    new YamlNode.Mapping(
                            m.entries().stream()
                                    .map(
                                            e ->
                                                    new YamlNode.Entry(
                                                            e.key(),
                                                            withoutPlaces(e.value()),
                                                            Place.NONE))
                                    .toList(),
                            Place.NONE);
        };
    }
}
