package io.prism.standalone.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.standalone.cli.client.CommandLineRunner.Result;
import io.prism.standalone.cli.client.fake.FakePrism;
import io.prism.v1.Condition;
import io.prism.v1.Direction;
import io.prism.v1.Filter;
import io.prism.v1.GetRequest;
import io.prism.v1.Operator;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReadCommandsTest {
    private FakePrism prism;
    private CommandLineRunner command;

    @SuppressWarnings("NullAway.Init")
    ReadCommandsTest() {}

    @BeforeEach
    void start() throws IOException {
        prism = new FakePrism();
        command = new CommandLineRunner(prism.address());
    }

    @AfterEach
    void stop() {
        prism.close();
    }

    private Result run(String... words) {
        return command.run(words);
    }

    private Result line(String line) {
        return run(line.split(" "));
    }

    @Test
    void getPrintsTheRowAndWhereItComesFrom() {
        // When
        Result result = line("read get shop orders 9007199254740993 --field id --max-staleness 5s");
        // Then
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("{\"age\":7,\"id\":\"9007199254740993\"}\n");
        assertThat(result.err()).contains("from the cache, as of 2026-01-31T08:00:00Z");
        GetRequest sent = prism.reader().gets.getFirst();
        assertThat(sent.getCollection()).isEqualTo("orders");
        assertThat(sent.getFieldsList()).containsExactly("id");
        assertThat(sent.getMaxStaleness().getSeconds()).isEqualTo(5);
    }

    @Test
    void getTakesAKeyOfSeveralColumnsAndPrintsJson() {
        Result result = run("read", "get", "shop", "lines", "{\"a\": 1, \"b\": \"x\"}", "--json");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(prism.reader().gets.getFirst().getId().getStructValue().getFieldsMap())
                .containsOnlyKeys("a", "b");
        assertThat(result.json().getFirst().get("served_by").asText()).isEqualTo("cache");
        assertThat(result.json().getFirst().get("row").get("age").asInt()).isEqualTo(7);
    }

    @Test
    void whatIsNotThereEndsWithOne() {
        Result result = line("read get shop orders 404");
        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("there is no such row");
    }

    @Test
    void aRefusalIsShownWithItsCode() {
        Result result = line("read get shop unknown 1");
        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.err()).contains("COLLECTION_UNKNOWN", "not declared");
    }

    @ParameterizedTest
    @CsvSource({
        "total=10, OPERATOR_EQUALS",
        "total != 10, OPERATOR_NOT_EQUALS",
        "total>10, OPERATOR_GREATER_THAN",
        "total >=10, OPERATOR_GREATER_THAN_OR_EQUALS",
        "total<10, OPERATOR_LESS_THAN",
        "total<= 10, OPERATOR_LESS_THAN_OR_EQUALS",
        "total*=10, OPERATOR_CONTAINS",
        "total^=10, OPERATOR_STARTS_WITH",
        "total$=10, OPERATOR_ENDS_WITH"
    })
    void conditionsAreReadAsTheyAreTyped(String typed, Operator operator) {
        Result result = run("read", "count", "shop", "orders", "--where", typed);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out()).isEqualTo("42\n");
        Condition sent = prism.reader().counts.getFirst().getFilter().getCondition();
        assertThat(sent.getField()).isEqualTo("total");
        assertThat(sent.getOperator()).isEqualTo(operator);
        assertThat(sent.getValue().getStringValue()).isEqualTo("10");
    }

    @Test
    void queryPrintsARowALine() {
        Result result =
                run(
                        "read",
                        "query",
                        "shop",
                        "orders",
                        "--where",
                        "status not in open, null",
                        "--where",
                        "note=null",
                        "--any",
                        "--sort",
                        "-placed_at",
                        "--sort",
                        "id",
                        "--max",
                        "5");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).hasSize(2);
        QueryRequest sent = prism.reader().queries.getFirst();
        assertThat(sent.getLimit()).isEqualTo(5);
        assertThat(sent.getSort(0).getDirection()).isEqualTo(Direction.DIRECTION_DESCENDING);
        assertThat(sent.getSort(0).getField()).isEqualTo("placed_at");
        List<Filter> filters = sent.getFilter().getOr().getFiltersList();
        assertThat(filters).hasSize(2);
        assertThat(filters.getFirst().getCondition().getOperator())
                .isEqualTo(Operator.OPERATOR_NOT_IN);
        assertThat(filters.getFirst().getCondition().getValue().getListValue().getValues(1))
                .matches(value -> value.hasNullValue());
        assertThat(filters.get(1).getCondition().getValue().hasNullValue()).isTrue();
    }

    @Test
    void aPageSaysHowToGoOn() {
        Result result = line("read query shop orders --page 10 --cursor c-0");
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.err()).contains("--cursor c-1");
        ReadRequest sent = prism.reader().reads.getFirst();
        assertThat(sent.getPageSize()).isEqualTo(10);
        assertThat(sent.getMaxPages()).isEqualTo(1);
        assertThat(sent.getCursor()).isEqualTo("c-0");
        Result json = line("read query shop orders --page 10 --json");
        assertThat(json.json().getLast().get("next_cursor").asText()).isEqualTo("c-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read",
                "read get shop orders",
                "read get shop orders {",
                "read query shop orders --where total",
                "read query shop orders --cursor c",
                "read query shop orders --page 1001",
                "read query shop orders --page 10 --max 10",
                "read count shop"
            })
    void aCommandLineThatMakesNoSenseIsRefused(String line) {
        assertThat(line(line).exitCode()).isEqualTo(2);
        assertThat(prism.reader().gets).isEmpty();
        assertThat(prism.reader().queries).isEmpty();
    }

    @Test
    void everyCommandHasHelp() {
        for (String name : new String[] {"read", "read get", "read query", "read count"}) {
            Result help = command.runExactly((name + " --help").split(" "));
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("Exit codes:", "Examples:");
        }
    }
}
