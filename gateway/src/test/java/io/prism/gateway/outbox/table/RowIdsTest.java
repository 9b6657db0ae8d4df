package io.prism.gateway.outbox.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class RowIdsTest {
    @Test
    void oneMessageHasOneIdOnEveryGatewayAndInEveryVersion() {
        UUID id = RowIds.of("orders", "placed", "42");
        assertThat(id).isEqualTo(RowIds.of("orders", "placed", "42"));
        assertThat(id.version()).isEqualTo(8);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id).hasToString("80255a63-8c03-8edc-9e5d-db48bf7fb70a");
    }

    @Test
    void anIdIsOneMessageInEachTopicOfEachNamespace() {
        assertThat(
                        List.of(
                                RowIds.of("a", "bc", "d"),
                                RowIds.of("ab", "c", "d"),
                                RowIds.of("a", "b", "cd"),
                                RowIds.of("a", "bc", "e")))
                .doesNotHaveDuplicates();
    }
}
