package io.prism.connectors.cdc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.connectors.cdc.Change.Operation;
import io.prism.core.error.PrismException;
import java.math.BigInteger;
import java.util.Map;
import org.apache.kafka.connect.sink.SinkRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeTest {
    private static SinkRecord record(@Nullable String key, @Nullable String value) {
        return new SinkRecord(
                "t",
                0,
                null,
                key == null ? null : key.getBytes(UTF_8),
                null,
                value == null ? null : value.getBytes(UTF_8),
                5);
    }

    @Test
    void aChangeIsReadAsTheTopicHasIt() {
        SinkRecord record =
                record(
                        "{\"id\":1}",
                        """
                        {"before":{"id":1,"big":9223372036854775807},
                         "after":{"id":1,"big":9223372036854775808,"none":null},
                         "source":{"schema":"public","table":"users","txId":771,"lsn":26523456,
                         "ts_ms":1000,"ts_us":1000123},"op":"u","ts_ms":2000}
                        """);
        record.headers().addString(ChangeEvents.TYPES, "id=int8,day=date");

        Change change = Change.of(record);

        assertThat(change.operation()).isEqualTo(Operation.UPDATE);
        assertThat(change.before())
                .isEqualTo(Map.<String, Object>of("id", 1, "big", Long.MAX_VALUE));
        assertThat(change.after())
                .containsEntry("big", BigInteger.ONE.shiftLeft(63))
                .containsEntry("none", null);
        assertThat(change.key()).containsExactly("id");
        assertThat(change.types()).isEqualTo(Map.of("id", "int8", "day", "date"));
        assertThat(change.table()).isEqualTo("public.users");
        assertThat(change.xid()).isEqualTo(771);
        assertThat(change.lsn()).isEqualTo(26523456);
        assertThat(change.committedMicros()).isEqualTo(1000123);
    }

    @Test
    void aTruncateHasNeitherRowNorKey() {
        Change change =
                Change.of(
                        record(
                                null,
                                "{\"before\":null,\"after\":null,\"op\":\"t\",\"source\":{}}"));

        assertThat(change.operation()).isEqualTo(Operation.TRUNCATE);
        assertThat(change.before()).isNull();
        assertThat(change.key()).isEmpty();
    }

    @Test
    void schemasBesideTheEventDoNotMatter() {
        Change change =
                Change.of(
                        record(
                                "{\"schema\":{},\"payload\":{\"id\":1}}",
                                "{\"schema\":{},\"payload\":{\"op\":\"d\",\"before\":{\"id\":1},"
                                        + "\"source\":{\"ts_ms\":3}}}"));

        assertThat(change.operation()).isEqualTo(Operation.DELETE);
        assertThat(change.key()).containsExactly("id");
        assertThat(change.committedMicros()).isEqualTo(3_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"op\":7}", "{\"op\":\"x\"}", "text"})
    void whatIsNoChangeIsTyped(String value) {
        assertThatThrownBy(() -> Change.of(record(null, value)))
                .isInstanceOf(PrismException.class)
                .hasMessageContaining("no change of a row");
    }
}
