package io.prism.core.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A value as Redis holds it: generation, xmin and LSN in 16 hexadecimal digits each, Redis's time
 * of storing and the reader's time of reading in 12 each, then the bytes.
 */
final class Entry {
    private static final int XMIN = Generations.LENGTH;
    private static final int LSN = XMIN + 16;
    private static final int STORED = LSN + 16;
    private static final int AS_OF = STORED + 12;
    private static final int BYTES = AS_OF + 12;

    private Entry() {}

    static CachedValue decode(byte[] entry) {
        return new CachedValue(
                Arrays.copyOfRange(entry, BYTES, entry.length),
                new ReadPoint(number(entry, XMIN, LSN), number(entry, LSN, STORED)),
                Instant.ofEpochMilli(number(entry, AS_OF, BYTES)));
    }

    static boolean belongs(byte[] entry, byte[] generation) {
        return entry.length >= BYTES
                && Arrays.equals(entry, 0, Generations.LENGTH, generation, 0, generation.length);
    }

    private static long number(byte[] entry, int from, int to) {
        return Long.parseUnsignedLong(new String(entry, from, to - from, US_ASCII), 16);
    }

    static byte[] hex(long number) {
        return HexFormat.of().toHexDigits(number).getBytes(US_ASCII);
    }

    /** The last 32 bits. */
    static byte[] hex32(long number) {
        return HexFormat.of().toHexDigits((int) number).getBytes(US_ASCII);
    }

    static byte[] millis(Instant instant) {
        return HexFormat.of()
                .toHexDigits(Math.max(0, instant.toEpochMilli()), 12)
                .getBytes(US_ASCII);
    }
}
