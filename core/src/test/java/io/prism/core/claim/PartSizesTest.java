package io.prism.core.claim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartSizesTest {
    private static final long MIB = 1 << 20;

    @Test
    void fiveGigabytesAreSentInPartsOfTheFirstSize() {
        // Given
        PartSizes sizes = PartSizes.of(8 * MIB, 64 * MIB);
        // When, then
        assertThat(sizes.sizeOf(1)).isEqualTo(8 * MIB);
        assertThat(sizes.sizeOf(1000)).isEqualTo(8 * MIB);
        assertThat(sizes.sizeOf(1001)).isEqualTo(16 * MIB);
        assertThat(1000 * 8 * MIB).isGreaterThan(5_000_000_000L);
    }

    @Test
    void fiveTerabytesFitIntoTenThousandPartsWhereMemoryAllows() {
        assertThat(PartSizes.of(8 * MIB, 8192 * MIB).maxObject()).isGreaterThan(5_000_000_000_000L);
    }

    @Test
    void partsNeverOutgrowAQuarterOfTheMemory() {
        // Given
        PartSizes sizes = PartSizes.of(8 * MIB, 64 * MIB);
        // When, then
        assertThat(sizes.sizeOf(PartSizes.MAX_PARTS)).isEqualTo(16 * MIB);
        assertThat(PartSizes.of(8 * MIB, MIB).largest()).isEqualTo(8 * MIB);
        assertThat(sizes.maxObject()).isGreaterThan(150_000_000_000L);
    }
}
