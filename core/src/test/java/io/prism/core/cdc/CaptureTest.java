package io.prism.core.cdc;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.replication.Publications.Table;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.spec.PatternSpec.Cdc.Snapshot;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CaptureTest {
    private static NamespaceSpec spec(String name, String patterns) {
        return new NamespaceDocuments(List.of())
                .read(
                        """
                        namespaces:
                          - name: %s
                            client_api: pubsub
                            backend: kafka
                            patterns: [%s]
                        """
                                .formatted(name, patterns))
                .plans()
                .getFirst()
                .spec();
    }

    private static Capture capture(String name, String patterns) {
        return Capture.of(spec(name, patterns)).orElseThrow();
    }

    @Test
    void aNamespaceSaysItsTablesTopicAndConsumers() {
        Capture capture =
                capture(
                        "people",
                        "{type: cdc, source: {database: users_db, tables: [Users, app.profiles]},"
                                + " snapshot: never, consumers: [{name: c, type: cache_invalidator,"
                                + " key_extractor: \"{after.tenant}:{id}\"}]}");

        assertThat(capture.database()).isEqualTo("users_db");
        assertThat(capture.tables())
                .containsExactly(new Table("public", "users"), new Table("app", "profiles"));
        assertThat(capture.topic()).isEqualTo("people.changes");
        assertThat(capture.snapshot()).isEqualTo(Snapshot.NEVER);
        assertThat(capture.keyColumns()).containsExactly("tenant", "id");
        assertThat(capture.consumers().getFirst().operations()).containsExactly("UPDATE", "DELETE");
        assertThat(capture.slot()).isEqualTo("prismcdc_people");
        assertThat(capture.publication()).isEqualTo("prism_cdc_people");
        assertThat(capture.signals().label()).isEqualTo("public.prism_cdc_people");
    }

    @Test
    void withoutTablesTheOutboxIsCapturedAndWithoutThePatternNothing() {
        Capture capture =
                capture("shop", "{type: outbox, database: orders_db, table: o}, {type: cdc}");

        assertThat(capture.database()).isEqualTo("orders_db");
        assertThat(capture.tables()).containsExactly(new Table("public", "o"));
        assertThat(Capture.of(spec("plain", ""))).isEmpty();
    }

    @Test
    void namesThatPostgresCannotTellApartAreToldApart() {
        List<String> slots =
                Stream.of("a-b", "a_b", "a-b-" + "c".repeat(55), "a-b-" + "c".repeat(56))
                        .map(Capture::slot)
                        .toList();

        assertThat(slots).doesNotHaveDuplicates().allMatch(slot -> slot.matches("[a-z0-9_]{1,63}"));
        assertThat(slots.get(1)).isEqualTo("prismcdc_a_b");
    }
}
