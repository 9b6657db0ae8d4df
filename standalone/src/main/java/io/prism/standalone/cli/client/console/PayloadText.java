package io.prism.standalone.cli.client.console;

import com.google.protobuf.ByteString;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/** Payloads as a person may read them, without letting them speak to the terminal. */
public final class PayloadText {
    private PayloadText() {}

    /**
     * The payload as text, if it is valid UTF-8 without control characters (tabs and line ends
     * aside): escape sequences of a payload must not reach a terminal.
     */
    public static Optional<String> printable(ByteString payload) {
        String text;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(payload.asReadOnlyByteBuffer())
                            .toString();
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        boolean clean =
                text.replace("\r\n", "\n")
                        .codePoints()
                        .noneMatch(c -> c != '\n' && c != '\t' && actsOnTerminal(c));
        return clean ? Optional.of(text) : Optional.empty();
    }

    /** A string from elsewhere with everything a terminal would act on replaced by a dot. */
    public static String safe(String text) {
        return text.codePoints()
                .map(c -> actsOnTerminal(c) ? '·' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Controls and what reverses the direction of text. */
    private static boolean actsOnTerminal(int c) {
        return Character.isISOControl(c)
                || (c >= 0x202A && c <= 0x202E)
                || (c >= 0x2066 && c <= 0x2069);
    }

    /** The first bytes in rows of sixteen: offset, hex, and what is printable ASCII. */
    public static String hexHead(ByteString payload, int atMost, String indent) {
        StringBuilder rows = new StringBuilder();
        int end = Math.min(atMost, payload.size());
        for (int row = 0; row < end; row += 16) {
            ByteString bytes = payload.substring(row, Math.min(end, row + 16));
            String hex = HexFormat.ofDelimiter(" ").formatHex(bytes.toByteArray());
            StringBuilder ascii = new StringBuilder();
            for (byte b : bytes.toByteArray()) {
                ascii.append(b >= 0x20 && b < 0x7f ? (char) b : '.');
            }
            rows.append(indent).append(String.format("%08x  %-47s  %s%n", row, hex, ascii));
        }
        return rows.toString();
    }
}
