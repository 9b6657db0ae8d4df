package io.prism.connectors.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.connectors.cache.StaleKeys.Stale;
import io.prism.connectors.cdc.Change;
import io.prism.connectors.cdc.Change.Operation;
import io.prism.core.cache.ChangePoint;
import io.prism.core.cache.Invalidation;
import io.prism.core.cache.KeyTemplate;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StaleKeysTest {
    private static final Map<String, String> NO_TYPES = Map.of();

    private final StaleKeys byId = keys("user:{after.id}:profile");

    private static StaleKeys keys(String template) {
        return new StaleKeys(
                KeyTemplate.parse(template), EnumSet.of(Operation.UPDATE, Operation.DELETE));
    }

    private static Change change(
            Operation operation,
            @Nullable Map<String, @Nullable Object> before,
            @Nullable Map<String, @Nullable Object> after,
            Map<String, String> types) {
        return new Change(
                operation, before, after, Set.of("id"), types, "public.users", 7, 100, 0, false);
    }

    private static Map<String, @Nullable Object> row(Object... columns) {
        Map<String, @Nullable Object> row = new HashMap<>();
        for (int i = 0; i < columns.length; i += 2) {
            row.put(String.valueOf(columns[i]), columns[i + 1]);
        }
        return row;
    }

    private static Map<String, @Nullable Object> withNull(
            String column, Map<String, @Nullable Object> row) {
        row.put(column, null);
        return row;
    }

    private static List<String> names(Stale stale) {
        return stale.keys().stream().map(Invalidation::key).toList();
    }

    @Test
    void anUpdateMakesItsKeyStaleAndAnInsertOrASnapshotNone() {
        Stale stale =
                byId.of(
                        List.of(
                                change(Operation.INSERT, null, row("id", 1), NO_TYPES),
                                change(Operation.SNAPSHOT, null, row("id", 2), NO_TYPES),
                                change(Operation.UPDATE, null, row("id", 3L), NO_TYPES)));

        assertThat(stale.keys())
                .containsExactly(new Invalidation("user:3:profile", new ChangePoint(7, 100)));
        assertThat(stale.all()).isEmpty();
        assertThat(stale.changes()).isEqualTo(1);
    }

    @Test
    void aDeleteHasTheKeyOfBeforeAndAMovedRowBoth() {
        Stale stale =
                byId.of(
                        List.of(
                                change(Operation.DELETE, row("id", 1), null, NO_TYPES),
                                change(Operation.UPDATE, row("id", 2), row("id", 20), NO_TYPES)));

        assertThat(names(stale))
                .containsExactlyInAnyOrder("user:1:profile", "user:2:profile", "user:20:profile");
    }

    @Test
    void bothHalvesOfAChangedPrimaryKeyAreAnUpdate() {
        Stale stale =
                new StaleKeys(KeyTemplate.parse("u:{id}"), EnumSet.of(Operation.UPDATE))
                        .of(
                                List.of(
                                        half(Operation.DELETE, row("id", 3), null),
                                        half(Operation.INSERT, null, row("id", 30))));

        assertThat(names(stale)).containsExactlyInAnyOrder("u:3", "u:30");
        assertThat(stale.all()).isEmpty();
    }

    private static Change half(
            Operation operation,
            @Nullable Map<String, @Nullable Object> before,
            @Nullable Map<String, @Nullable Object> after) {
        return new Change(
                operation, before, after, Set.of("id"), NO_TYPES, "public.users", 7, 100, 0, true);
    }

    @Test
    void aTruncateMakesEverythingStaleWhateverTheOperations() {
        Stale stale =
                new StaleKeys(KeyTemplate.parse("u:{id}"), Set.of())
                        .of(List.of(change(Operation.TRUNCATE, null, null, NO_TYPES)));

        assertThat(stale.all().orElseThrow().at()).isEqualTo(new ChangePoint(7, 100));
        assertThat(stale.all().orElseThrow().why()).contains("public.users was truncated");
    }

    @Test
    void aColumnThatIsNotThereAnyMoreMakesEverythingStale() {
        Stale stale = byId.of(List.of(change(Operation.UPDATE, null, row("uid", 1), NO_TYPES)));

        assertThat(stale.all().orElseThrow().why()).contains("no column id");
        assertThat(stale.keys()).isEmpty();
    }

    @Test
    void anOldValueThatTheLogDoesNotTellMakesEverythingStale() {
        StaleKeys byMail = keys("mail:{mail}");

        assertThat(
                        byMail.of(
                                        List.of(
                                                change(
                                                        Operation.UPDATE,
                                                        null,
                                                        row("id", 1, "mail", "new@x"),
                                                        NO_TYPES)))
                                .all())
                .isPresent();
        assertThat(
                        byMail.of(
                                        List.of(
                                                change(
                                                        Operation.DELETE,
                                                        withNull("mail", row("id", 1)),
                                                        null,
                                                        NO_TYPES)))
                                .all())
                .isPresent();
        // A column that may not be null is its type's zero where the log does not tell it.
        for (Object zero : List.of("", 0, false, "0.00", "1970-01-01Z")) {
            assertThat(
                            byMail.of(
                                            List.of(
                                                    change(
                                                            Operation.DELETE,
                                                            row("id", 1, "mail", zero),
                                                            null,
                                                            NO_TYPES)))
                                    .all())
                    .as("%s", zero)
                    .isPresent();
        }
        assertThat(
                        names(
                                byMail.of(
                                        List.of(
                                                change(
                                                        Operation.UPDATE,
                                                        row("id", 1, "mail", "old@x"),
                                                        row("id", 1, "mail", "new@x"),
                                                        NO_TYPES)))))
                .containsExactlyInAnyOrder("mail:old@x", "mail:new@x");
    }

    @Test
    void theTypeOfAColumnDecidesItsText() {
        StaleKeys byDay = keys("{day}:{price}");
        Map<String, String> types = Map.of("day", "date", "price", "numeric");
        Map<String, @Nullable Object> row = row("id", 1, "day", "2026-11-22Z", "price", "1.50");

        assertThat(names(byDay.of(List.of(change(Operation.UPDATE, row, row, types)))))
                .containsExactly(
                        KeyTemplate.parse("{day}:{price}")
                                .render(Map.of("day", "2026-11-22", "price", "1.5")::get)
                                .orElseThrow());
    }

    @Test
    void theSameKeyOfOneTransactionIsToldOnce() {
        Change change = change(Operation.UPDATE, null, row("id", 1), NO_TYPES);

        assertThat(byId.of(List.of(change, change)).keys()).hasSize(1);
    }

    private static Change truncate(long xid, long lsn) {
        return new Change(
                Operation.TRUNCATE, null, null, Set.of(), NO_TYPES, "t", xid, lsn, 0, false);
    }

    @Test
    void whatMakesEverythingStaleIsAsLateAsTheLatestOfIt() {
        assertThat(byId.of(List.of(truncate(9, 100), truncate(7, 200))).all().orElseThrow().at())
                .isEqualTo(new ChangePoint(9, 200));
        assertThat(byId.of(List.of(truncate(7, 200), truncate(9, 100))).all().orElseThrow().at())
                .isEqualTo(new ChangePoint(9, 200));
        assertThat(byId.of(List.of(truncate(9, 100), truncate(0, 0))).all().orElseThrow().at())
                .isEqualTo(new ChangePoint(9, 100));
        // After the last of an epoch come the first of the next.
        assertThat(
                        byId.of(List.of(truncate(4_294_967_290L, -1), truncate(5, 1)))
                                .all()
                                .orElseThrow()
                                .at())
                .isEqualTo(new ChangePoint(5, -1));
    }
}
