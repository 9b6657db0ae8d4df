package io.prism.core.outbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxMessageTest {
    private static final OutboxRow ROW =
            new OutboxRow(
                    UUID.fromString("019a0000-0000-7000-8000-000000000001"),
                    "",
                    "orders",
                    "orders.created",
                    "k€y",
                    null,
                    new byte[] {0, 1, -1},
                    "{\"a\": \"ü\"}",
                    "m-1",
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    Instant.parse("2026-11-22T10:00:00.123456Z"));

    @Test
    void aRowComesBackAsItWas() {
        OutboxMessage read = OutboxMessage.decode(OutboxMessage.of(ROW).encode());

        assertThat(OutboxRow.of(read.headers(), read.payload()))
                .usingRecursiveComparison()
                .isEqualTo(ROW);
    }

    @Test
    void itIsALengthThenJsonThenThePayload() {
        byte[] content =
                new OutboxMessage(java.util.Map.of("b", "2", "a", "1"), "xyz".getBytes(UTF_8))
                        .encode();

        assertThat(ByteBuffer.wrap(content).getInt()).isEqualTo(17);
        assertThat(new String(content, 4, content.length - 4, UTF_8))
                .isEqualTo("{\"a\":\"1\",\"b\":\"2\"}xyz");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "abc", "\0\0\0\u0009{}", "\0\0\0\u0002[]", "\0\0\0\u0004null", "{}"})
    void whatIsNoMessageIsRefusedAsUnreadable(String content) {
        assertThatThrownBy(() -> OutboxMessage.decode(content.getBytes(UTF_8)))
                .asInstanceOf(InstanceOfAssertFactories.type(PrismException.class))
                .extracting(PrismException::code)
                .isEqualTo(ErrorCode.RECORD_UNREADABLE);
    }

    @Test
    void slotsHaveNamesThatPostgresTakes() {
        assertThat(Replication.slot("orders-DB")).isEqualTo("prism_orders_db");
        assertThat(Replication.slot("x".repeat(80))).hasSize(63);
    }
}
