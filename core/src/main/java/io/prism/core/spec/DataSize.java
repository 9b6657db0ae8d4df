package io.prism.core.spec;

/** A number of bytes, never negative. */
public record DataSize(long bytes) implements Comparable<DataSize> {
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size cannot be negative: " + bytes);
        }
    }

    public static DataSize ofMebibytes(long mebibytes) {
        return new DataSize(Math.multiplyExact(mebibytes, 1L << 20));
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** In the largest unit that divides it: {@code 1MB}, {@code 64MiB}, {@code 1500B}. */
    @Override
    public String toString() {
        String[] binary = {"TiB", "GiB", "MiB", "KiB"};
        String[] decimal = {"TB", "GB", "MB", "KB"};
        for (int i = 0; i < binary.length && bytes > 0; i++) {
            long bin = 1L << 10 * (4 - i);
            long dec = (long) Math.pow(1000, 4 - i);
            if (bytes % dec == 0) {
                return bytes / dec + decimal[i];
            }
            if (bytes % bin == 0) {
                return bytes / bin + binary[i];
            }
        }
        return bytes + "B";
    }
}
