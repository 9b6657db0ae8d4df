package io.prism.core.replication;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlotsTest {
    @Test
    void aLogThatCannotBeReadSaysWhatToDo() {
        assertThatThrownBy(
                        () -> Slots.requireLogical("replica", "orders_db", ", or declare polling"))
                .hasMessageContainingAll(
                        "orders_db", "wal_level replica", "wal_level = logical", "polling");
        assertThatCode(() -> Slots.requireLogical("logical", "orders_db", ""))
                .doesNotThrowAnyException();
    }
}
