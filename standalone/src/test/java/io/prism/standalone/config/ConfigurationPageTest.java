package io.prism.standalone.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

class ConfigurationPageTest {
    private static final Path PAGE = Path.of("../docs/configuration.md");

    @Test
    void thePageInDocsIsWhatTheTablesSay() throws IOException {
        if (Boolean.getBoolean("prism.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, ConfigurationPage.markdown());
        }

        assertThat(PAGE)
                .as("made again with -Dprism.docs.write=true")
                .hasContent(ConfigurationPage.markdown());
    }

    @Test
    void noTwoOptionsOfARoleShareAKeyOrAVariable() {
        for (var table : List.of(GatewayOptions.TABLE, StreamsOptions.TABLE)) {
            var keys = new HashSet<String>();
            var variables = new HashSet<String>();
            assertThat(table)
                    .allSatisfy(
                            option -> {
                                assertThat(keys.add(option.key())).isTrue();
                                assertThat(variables.add(option.variable())).isTrue();
                            });
        }
    }
}
