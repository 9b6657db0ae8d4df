package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransactRulesTest {
    private final NamespaceDocuments documents = new NamespaceDocuments(List.of());

    private ParsedDocument read(String namespace) {
        return documents.read("namespaces: [{name: x, " + namespace + "}]");
    }

    @Test
    void declared_tables_are_what_transactions_may_write() {
        NamespacePlan plan =
                read("client_api: transact, tables: [orders, shop.items], patterns: [{type: outbox}]")
                        .plans()
                        .getFirst();
        assertThat(plan.spec().tables()).containsExactly("orders", "shop.items");
        assertThat(plan.spec().database()).contains("postgres");
        assertThat(plan.spec().log()).contains(BackendSpec.Kafka.defaults(plan.spec().name()));
        assertThat(plan.notes()).contains("transactions may write orders, shop.items");
    }

    @Test
    void data_is_written_where_the_outbox_is_if_the_backend_is_kafka() {
        NamespaceSpec spec =
                read("client_api: transact, tables: orders, backend: kafka, patterns:"
                                + " [{type: outbox, database: shop}]")
                        .plans()
                        .getFirst()
                        .spec();
        assertThat(spec.database()).contains("shop");
        assertThat(read("backend: kafka").plans().getFirst().spec().database())
                .isEqualTo(Optional.empty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client_api: pubsub, tables: [orders] | UNUSED_OPTION | tables",
                "client_api: transact, tables: [orders], backend: kafka | CONFLICTING_OPTIONS | tables",
                "client_api: transact, tables: [prism_mailbox] | INVALID_VALUE | tables",
                "client_api: transact, tables: [Pg_Catalog.pg_authid] | INVALID_VALUE | tables",
                "client_api: transact, tables: [OUTBOX], patterns: [{type: outbox}] | INVALID_VALUE |"
                        + " tables",
                "client_api: transact, tables: [a.b.c] | INVALID_VALUE | tables",
                "client_api: transact, tables: ['a; b'] | INVALID_VALUE | tables[0]",
                "client_api: transact, backend: {type: postgres, database: a}, patterns: [{type:"
                        + " outbox, database: b}] | CONFLICTING_OPTIONS | ",
            })
    void what_cannot_be_written_together_is_refused(String namespace, String code, String place) {
        ParsedDocument document = read(namespace.strip());
        assertThat(document.valid()).isFalse();
        assertThat(document.violations())
                .singleElement()
                .satisfies(
                        violation -> {
                            assertThat(violation.code().toString()).isEqualTo(code);
                            assertThat(violation.path())
                                    .startsWith(
                                            place == null
                                                    ? "namespaces[0]"
                                                    : "namespaces[0].tables");
                            assertThat(violation.suggestion()).isNotNull();
                        });
    }
}
