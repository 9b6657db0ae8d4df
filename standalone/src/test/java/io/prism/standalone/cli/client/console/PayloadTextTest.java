package io.prism.standalone.cli.client.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "hello", "tab\tand\nlines\r\n", "grüße 👩‍👩‍👧", "{\"a\":1}"})
    void textIsPrintable(String text) {
        assertThat(PayloadText.printable(ByteString.copyFromUtf8(text))).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\u001b[31mred", "bell\u0007", "over\rwrite", "\u202egnp.exe", "\u009b2J"})
    void whatActsOnATerminalIsNot(String text) {
        assertThat(PayloadText.printable(ByteString.copyFromUtf8(text))).isEmpty();
        assertThat(PayloadText.safe(text)).contains("·");
    }

    @Test
    void bytesThatAreNotUtf8AreNot() {
        assertThat(PayloadText.printable(ByteString.copyFrom(new byte[] {(byte) 0xc3, 0x28})))
                .isEmpty();
    }

    @Test
    void theHexHeadIsCutAtItsLimit() {
        assertThat(PayloadText.hexHead(ByteString.copyFromUtf8("0123456789abcdefXYZ"), 18, ""))
                .isEqualTo(
                        """
                        00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef
                        00000010  58 59                                            XY
                        """);
    }
}
