package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.yaml.YamlNode;
import io.prism.core.spec.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OptionsReferenceTest {
    private static final Path PAGE = Path.of("../docs/namespaces.md");

    @Test
    void the_checked_in_reference_is_the_generated_one() throws IOException {
        String generated = OptionsReference.markdown();
        if (Boolean.getBoolean("prism.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, generated);
        }
        assertThat(PAGE)
                .as(
                        "docs/namespaces.md is stale; regenerate it with: mvn -pl proto,core test"
                                + " -Dtest=OptionsReferenceTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false"
                                + " -Dprism.docs.write=true")
                .hasContent(generated);
    }

    @Test
    void every_example_and_default_is_a_value_of_its_option() {
        List<Option<?>> options = new ArrayList<>(NamespaceOptions.ALL);
        options.addAll(Requirements.ALL);
        options.addAll(CdcConsumers.ALL);
        PatternCatalog.ALL.forEach(pattern -> options.addAll(pattern.options()));
        BackendCatalog.OPTIONS.values().forEach(options::addAll);
        for (Option<?> option : options) {
            if (!option.example().equals("see below")) {
                Problems problems = new Problems();
                new OptionReader("option", List.of(option), Map.of())
                        .read(
                                At.root(tree(nested(option.name(), option.example()))),
                                problems,
                                Set.of());
                assertThat(problems.violations()).as(option.name()).isEmpty();
            }
            assertThat(option.defaultValue().isPresent())
                    .as(option.name())
                    .isEqualTo(option.defaultText().isPresent());
            assertThat(option.meaning()).as(option.name()).endsWith(".");
        }
    }

    @Test
    void the_example_of_the_page_is_valid() {
        Matcher block =
                Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                        .matcher(OptionsReference.markdown());
        assertThat(block.find()).isTrue();
        assertThat(Plans.violations(new NamespaceDocuments(List.of()).read(block.group(1))))
                .isEmpty();
    }

    private static String nested(String name, String value) {
        int dot = name.indexOf('.');
        return dot < 0
                ? "{" + name + ": " + value + "}"
                : "{"
                        + name.substring(0, dot)
                        + ": "
                        + nested(name.substring(dot + 1), value)
                        + "}";
    }

    private static YamlNode tree(String yaml) {
        return YamlReader.read(yaml).root().orElseThrow();
    }
}
