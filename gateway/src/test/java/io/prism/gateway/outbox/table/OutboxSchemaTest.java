package io.prism.gateway.outbox.table;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OutboxSchemaTest {
    @Test
    void aLogThatCannotBeReadSaysWhatToDo() {
        assertThatThrownBy(() -> OutboxSchema.requireLogical("replica", "orders_db"))
                .hasMessageContainingAll(
                        "orders_db", "wal_level replica", "wal_level = logical", "polling");
        assertThatCode(() -> OutboxSchema.requireLogical("logical", "orders_db"))
                .doesNotThrowAnyException();
    }
}
