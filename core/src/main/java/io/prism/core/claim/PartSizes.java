package io.prism.core.claim;

/**
 * How large the parts of one upload are. S3 takes at most 10,000, so parts double with every
 * thousand sent, up to what a quarter of the process's memory for uploads allows.
 *
 * @param first bytes of the first thousand parts; S3 itself takes no part below 5 MiB but the last
 * @param largest bytes
 */
record PartSizes(int first, int largest) {
    static final int MAX_PARTS = 10_000;

    private static final int STEP = 1_000;
    private static final long LARGEST = (2L << 30) - UploadMemory.PAGE;

    static PartSizes of(long first, long memory) {
        long largest = Math.min(LARGEST, Math.max(first, memory / 4));
        return new PartSizes(Math.toIntExact(first), Math.toIntExact(largest));
    }

    /**
     * @param number of the part, from 1
     */
    int sizeOf(int number) {
        long size = (long) first << (number - 1) / STEP;
        return (int) Math.min(size, largest);
    }

    /** The longest object that fits. */
    long maxObject() {
        long sum = 0;
        for (int part = 1; part <= MAX_PARTS; part++) {
            sum += sizeOf(part);
        }
        return sum;
    }
}
