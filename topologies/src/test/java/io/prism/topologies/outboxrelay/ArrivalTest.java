package io.prism.topologies.outboxrelay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ArrivalTest {
    private static void assertKept(byte @Nullable [] key, byte @Nullable [] value) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("b", "ü");
        headers.put("a", "");
        Arrival arrival = new Arrival("orders", 1_000, 2_000, key, headers, value);
        assertThat(Arrival.fromBytes(arrival.toBytes()))
                .usingRecursiveComparison()
                .isEqualTo(arrival);
    }

    @Test
    void what_is_kept_is_what_came() {
        assertKept("key".getBytes(UTF_8), new byte[] {1, 2, 3});
        assertKept(null, null);
        assertKept(new byte[0], new byte[0]);
    }
}
