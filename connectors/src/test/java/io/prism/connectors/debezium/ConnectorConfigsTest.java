package io.prism.connectors.debezium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.cache.RedisConfig;
import io.prism.core.database.DatabaseConfig.Server;
import io.prism.core.error.PrismException;
import io.prism.core.outbox.OutboxTable;
import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespacePlan;
import io.prism.core.spec.NamespaceSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ConnectorConfigsTest {
    private static List<NamespaceSpec> namespaces(String... outboxes) {
        StringBuilder document = new StringBuilder("namespaces:\n");
        for (int i = 0; i < outboxes.length; i++) {
            document.append("  - {name: n")
                    .append(i)
                    .append(", client_api: pubsub, backend: kafka, patterns: [")
                    .append(outboxes[i])
                    .append("]}\n");
        }
        return new NamespaceDocuments(List.of())
                .read(document.toString()).plans().stream().map(NamespacePlan::spec).toList();
    }

    private static ConnectorConfigs configs(ConnectorSettings settings, String url) {
        return new ConnectorConfigs(database -> new Server(url, "prism", "secret"), settings);
    }

    @Test
    void aDatabaseHasOneConnectorWhateverTheNumberOfNamespaces() {
        List<WantedConnector> wanted =
                ConnectorConfigs.wanted(
                        namespaces(
                                "{type: outbox, database: b_db, table: video_outbox}",
                                "{type: outbox, database: b_db}",
                                "{type: outbox, database: a_db}",
                                "{type: outbox, database: b_db, table: video_outbox}",
                                "{type: outbox, database: c_db, publisher: {mode: polling}}",
                                ""));

        assertThat(wanted)
                .containsExactly(
                        new WantedConnector("a_db", List.of(new OutboxTable("public", "outbox"))),
                        new WantedConnector(
                                "b_db",
                                List.of(
                                        new OutboxTable("public", "outbox"),
                                        new OutboxTable("public", "video_outbox"))));
        assertThat(wanted.getFirst().name()).isEqualTo("prism-a_db");
    }

    @Test
    void theConfigurationIsTheDocumentedOne() throws Exception {
        Properties golden = new Properties();
        try (var file =
                Objects.requireNonNull(getClass().getResourceAsStream("/connector.properties"))) {
            golden.load(new java.io.InputStreamReader(file, StandardCharsets.UTF_8));
        }
        Map<String, String> expected = new TreeMap<>();
        golden.forEach((key, value) -> expected.put((String) key, (String) value));

        Map<String, String> config =
                configs(
                                ConnectorSettings.DEFAULT,
                                "postgresql://db.example:5433/orders?sslmode=require")
                        .config("orders-db");

        assertThat(config).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(ConnectorConfigs.isPrisms(config)).isTrue();
        assertThat(ConnectorConfigs.database(config)).isEqualTo("orders-db");
    }

    @Test
    void credentialsComeFromConnectsProvidersWhereTheOperatorSaysSo() {
        ConnectorSettings settings =
                new ConnectorSettings(
                        Duration.ofMillis(20),
                        Duration.ofSeconds(10),
                        Optional.of("${file:/db.properties:{database}.user}"),
                        Optional.of("${file:/db.properties:{database}.password}"));

        Map<String, String> config = configs(settings, "postgresql://h/d").config("orders_db");

        assertThat(config)
                .containsEntry("database.user", "${file:/db.properties:orders_db.user}")
                .containsEntry("database.password", "${file:/db.properties:orders_db.password}")
                .containsEntry("database.port", "5432")
                .doesNotContainValue("secret");
    }

    @Test
    void anAddressThatDebeziumCannotUseIsRefused() {
        for (String url : List.of("postgresql://a:1,b:2/d", "postgresql://h", "postgresql://h/")) {
            assertThatThrownBy(() -> configs(ConnectorSettings.DEFAULT, url).config("d"))
                    .isInstanceOf(PrismException.class)
                    .hasMessageContaining("one host and a database");
        }
    }

    @Test
    void othersConnectorsAreNotPrisms() {
        assertThat(
                        ConnectorConfigs.isPrisms(
                                Map.of("connector.class", "x", "topic.prefix", "prism.cdc.d")))
                .isFalse();
        assertThat(
                        ConnectorConfigs.isPrisms(
                                Map.of(
                                        "connector.class",
                                        ConnectorConfigs.CONNECTOR_CLASS,
                                        "topic.prefix",
                                        "theirs")))
                .isFalse();
    }

    @Test
    void aCaptureAndItsInvalidatorHaveEverythingOfTheirOwn() {
        NamespaceSpec people =
                new NamespaceDocuments(List.of())
                        .read(
                                """
                                namespaces:
                                  - name: people
                                    client_api: pubsub
                                    backend: kafka
                                    patterns:
                                      - type: cdc
                                        source: {database: users_db, table: profiles}
                                        consumers:
                                          - {name: c, type: cache_invalidator,
                                             key_extractor: "u:{after.id}"}
                                """)
                        .plans()
                        .getFirst()
                        .spec();
        ConnectorConfigs configs =
                new ConnectorConfigs(
                        database -> new Server("postgresql://h/d", "prism", "secret"),
                        redis -> new RedisConfig.Server("redis://r:6379", "", "hidden"),
                        new ConnectorSettings(
                                Duration.ofMillis(20),
                                Duration.ofSeconds(10),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of("${file:/r.properties:{redis}}")));

        List<Wanted> wanted = ConnectorConfigs.all(List.of(people));
        Map<String, String> capture = configs.config(wanted.getFirst());
        Map<String, String> invalidator = configs.config(wanted.getLast());

        assertThat(wanted)
                .extracting(Wanted::name)
                .containsExactly("prism-cdc.people", "prism-cdc.people.c");
        assertThat(capture)
                .containsEntry("slot.name", "prismcdc_people")
                .containsEntry("publication.name", "prism_cdc_people")
                .containsEntry("signal.data.collection", "public.prism_cdc_people")
                .containsEntry("snapshot.mode", "no_data")
                .containsEntry("skipped.operations", "none")
                .containsEntry("transforms.changes.topic", "people.changes")
                .containsEntry("transforms.changes.columns", "id")
                .doesNotContainKey("transforms.outbox.type")
                // Its tables are the publication's.
                .doesNotContainKey("table.include.list");
        assertThat(ConnectorConfigs.leftover("prism-cdc.people", capture))
                .contains(new Leftover("prism-cdc.people", "users_db", "people"));
        assertThat(invalidator)
                .containsEntry("topics", "people.changes")
                .containsEntry("key.template", "u:{after.id}")
                .containsEntry("operations", "UPDATE,DELETE")
                .containsEntry("redis.url", "redis://r:6379")
                .containsEntry("redis.password", "${file:/r.properties:redis}")
                .doesNotContainValue("hidden");
        assertThat(ConnectorConfigs.leftover("prism-cdc.people.c", invalidator)).isEmpty();
        assertThat(List.of(capture, invalidator)).allMatch(ConnectorConfigs::isPrisms);
    }
}
