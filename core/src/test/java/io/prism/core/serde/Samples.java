package io.prism.core.serde;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.prism.core.claim.Claim;
import io.prism.core.record.RecordFormat;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.header.Headers;

/** Payloads, and records as the gateway writes them. */
final class Samples {
    private Samples() {}

    static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    static Headers claimed(Claim claim) {
        return RecordFormat.write(
                "an-id",
                "videos".getBytes(UTF_8),
                "claim-check@1".getBytes(UTF_8),
                claim,
                null,
                Map.of("tenant", "a"));
    }

    static Headers inline() {
        return RecordFormat.write(
                "an-id", "videos".getBytes(UTF_8), new byte[0], null, null, Map.of("tenant", "a"));
    }
}
