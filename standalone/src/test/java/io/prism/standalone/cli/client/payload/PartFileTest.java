package io.prism.standalone.cli.client.payload;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartFileTest {
    @TempDir private Path folder;

    @SuppressWarnings("NullAway.Init")
    PartFileTest() {}

    @Test
    void theFileAppearsWhenItIsWhole() throws IOException {
        // Given
        Path target = folder.resolve("f");

        // When
        try (PartFile file = PartFile.of(target)) {
            file.write(ByteString.copyFromUtf8("whole"));
            assertThat(target).doesNotExist();
            file.commit();
        }

        // Then
        assertThat(target).hasContent("whole");
        assertThat(files()).isEqualTo(1);
    }

    @Test
    void withoutACommitTheOldFileStaysAndNothingElseDoes() throws IOException {
        // Given
        Path target = Files.writeString(folder.resolve("f"), "old");

        // When
        try (PartFile file = PartFile.of(target)) {
            file.write(ByteString.copyFromUtf8("new"));
        }

        // Then
        assertThat(target).hasContent("old");
        assertThat(files()).isEqualTo(1);
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }
}
