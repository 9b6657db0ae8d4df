package io.prism.standalone.cli.client.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    @Test
    void lineEndsAreNotPartOfAPayload() throws IOException {
        assertThat(lines("a\nb\r\nc")).containsExactly("a", "b", "c");
    }

    @Test
    void emptyLinesCountAndTheEndOfTheLastOneIsNotALine() throws IOException {
        assertThat(lines("\n\na\n")).containsExactly("", "", "a");
        assertThat(lines("")).isEmpty();
    }

    @Test
    void aCarriageReturnInsideALineStays() throws IOException {
        assertThat(lines("a\rb\nc\r")).containsExactly("a\rb", "c\r");
    }

    @Test
    void aLineAboveTheLimitIsNamed() {
        LineReader reader =
                new LineReader(
                        new ByteArrayInputStream("ab\nabcd".getBytes(StandardCharsets.UTF_8)), 3);
        assertThatThrownBy(
                        () -> {
                            while (reader.next() != null) {}
                        })
                .isInstanceOf(IOException.class)
                .hasMessage("line 2 is longer than 3 bytes");
    }

    private static List<String> lines(String text) throws IOException {
        List<String> lines = new ArrayList<>();
        try (LineReader reader =
                new LineReader(
                        new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), 100)) {
            ByteString next = reader.next();
            while (next != null) {
                lines.add(next.toStringUtf8());
                next = reader.next();
            }
        }
        return lines;
    }
}
