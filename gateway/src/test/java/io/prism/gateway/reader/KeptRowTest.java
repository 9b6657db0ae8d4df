package io.prism.gateway.reader;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.RowCache.Loaded;
import io.prism.gateway.reader.RowReader.Found;
import io.prism.gateway.reader.RowReader.Look;
import io.prism.v1.GetRequest;
import io.prism.v1.GetResponse;
import io.prism.v1.Row;
import io.prism.v1.ServedBy;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeptRowTest {
    private static final Instant READ = Instant.parse("2026-01-31T12:00:00Z");
    private static final Row ROW =
            Row.newBuilder()
                    .putValues("id", Value.newBuilder().setStringValue("7").build())
                    .putValues("name", Value.newBuilder().setStringValue("Ada").build())
                    .setVersion("99")
                    .build();

    private static final Set<String> COLUMNS = Set.of("id", "name");

    private static final GetRequest ANY = GetRequest.newBuilder().setCollection("t").build();

    private static Loaded<GetResponse> loaded(Optional<Row> row, List<String> fields) {
        return KeptRow.loaded(new Found<>(row, new Look(READ, 0x100, 0x180)), fields);
    }

    private static Optional<GetResponse> answer(
            GetRequest request, Instant now, Optional<Row> row) {
        return new KeptRow(request, now).answer(loaded(row, List.of()).bytes(), COLUMNS);
    }

    private static GetRequest staleness(long seconds) {
        return ANY.toBuilder().setMaxStaleness(Duration.newBuilder().setSeconds(seconds)).build();
    }

    @Test
    void whatWasKeptIsAnsweredAsItWasRead() {
        GetResponse answer = answer(ANY, READ.plusSeconds(500), Optional.of(ROW)).orElseThrow();
        assertThat(answer.getFound()).isTrue();
        assertThat(answer.getRow()).isEqualTo(ROW);
        assertThat(answer.getServedBy()).isEqualTo(ServedBy.SERVED_BY_CACHE);
        assertThat(answer.getAsOf().getSeconds()).isEqualTo(READ.getEpochSecond());
        assertThat(answer.getPosition()).isEqualTo("pg:0/100");
        GetResponse none = answer(ANY, READ, Optional.empty()).orElseThrow();
        assertThat(none.getFound()).isFalse();
        assertThat(none.hasRow()).isFalse();
    }

    @Test
    void aRowIsKeptWholeAndAnsweredAsAsked() {
        Loaded<GetResponse> loaded = loaded(Optional.of(ROW), List.of("name"));
        assertThat(loaded.found()).isTrue();
        assertThat(loaded.position()).isEqualTo(0x100);
        assertThat(loaded.value().getServedBy()).isEqualTo(ServedBy.SERVED_BY_DATABASE);
        assertThat(loaded.value().getRow().getValuesMap()).containsOnlyKeys("name");
        assertThat(loaded.value().getRow().getVersion()).isEqualTo("99");
        GetRequest id = ANY.toBuilder().addFields("id").build();
        assertThat(
                        new KeptRow(id, READ)
                                .answer(loaded.bytes(), COLUMNS)
                                .orElseThrow()
                                .getRow()
                                .getValuesMap())
                .containsOnlyKeys("id");
    }

    @Test
    void aColumnThatCameLaterIsAskedOfTheDatabase() {
        GetRequest later = ANY.toBuilder().addFields("added").build();
        assertThat(answer(later, READ, Optional.of(ROW))).isEmpty();
        assertThat(answer(later, READ, Optional.empty())).as("nothing has no columns").isPresent();
    }

    @Test
    void aRowWithOtherColumnsThanThereAreIsAskedOfTheDatabase() {
        byte[] row = loaded(Optional.of(ROW), List.of()).bytes();
        byte[] none = loaded(Optional.empty(), List.of()).bytes();
        Set<String> added = Set.of("id", "name", "added");
        assertThat(new KeptRow(ANY, READ).answer(row, added)).isEmpty();
        assertThat(new KeptRow(ANY, READ).answer(row, Set.of("id"))).as("dropped").isEmpty();
        assertThat(new KeptRow(ANY, READ).answer(none, added)).isPresent();
        GetRequest id = ANY.toBuilder().addFields("id").build();
        assertThat(new KeptRow(id, READ).answer(row, added)).as("not asked for").isPresent();
    }

    @Test
    void aRowThatIsTooOldIsNotTaken() {
        assertThat(answer(staleness(5), READ.plusSeconds(4), Optional.of(ROW))).isPresent();
        assertThat(answer(staleness(5), READ.plusSeconds(6), Optional.of(ROW))).isEmpty();
        assertThat(new KeptRow(staleness(0), READ).databaseOnly(0x200)).isTrue();
        assertThat(new KeptRow(staleness(1), READ).databaseOnly(0x200)).isFalse();
        assertThatThrownBy(() -> new KeptRow(staleness(-1), READ))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.FIELD_INVALID);
                            assertThat(e.field()).isEqualTo("max_staleness");
                        });
    }

    @Test
    void aRowThatDoesNotReachAWriteIsNotTaken() {
        GetRequest before = ANY.toBuilder().setMinPosition("pg:0/100").build();
        GetRequest behind = ANY.toBuilder().setMinPosition("pg:0/101").build();
        assertThat(answer(before, READ, Optional.of(ROW))).isPresent();
        assertThat(answer(behind, READ, Optional.of(ROW))).isEmpty();
        assertThat(new KeptRow(behind, READ).databaseOnly(0x101)).isFalse();
        assertThat(new KeptRow(behind, READ).databaseOnly(0x100)).as("not seen yet").isTrue();
    }

    @Test
    void nonsenseInACacheIsNotTaken() {
        assertThat(new KeptRow(ANY, READ).answer("nonsense".getBytes(UTF_8), COLUMNS)).isEmpty();
    }
}
