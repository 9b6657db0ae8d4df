package io.prism.gateway.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.reader.FilterSql.Fragment;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.Column.Kind;
import io.prism.gateway.relation.Table;
import io.prism.gateway.relation.TableName;
import io.prism.v1.AllOf;
import io.prism.v1.AnyOf;
import io.prism.v1.Condition;
import io.prism.v1.Filter;
import io.prism.v1.Operator;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FilterSqlTest {
    private static final Table TABLE = table();

    private static Table table() {
        Map<String, Column> columns = new LinkedHashMap<>();
        for (Column column :
                List.of(
                        new Column("id", "bigint", Kind.BIG_INTEGER, false, false, true),
                        new Column("name", "text", Kind.TEXT, false, false, false),
                        new Column("odd \" name", "text", Kind.TEXT, false, false, false),
                        new Column("doc", "json", Kind.JSON, false, false, false),
                        new Column("tags", "text[]", Kind.TEXT, true, false, false))) {
            columns.put(column.name(), column);
        }
        return new Table(
                TableName.of("t"),
                Collections.unmodifiableMap(columns),
                List.of("id"),
                Set.of("id"),
                false,
                true);
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value none() {
        return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
    }

    private static Value list(Value... values) {
        return Value.newBuilder()
                .setListValue(ListValue.newBuilder().addAllValues(Arrays.asList(values)))
                .build();
    }

    private static Filter is(String field, Operator operator, Value value) {
        return Filter.newBuilder()
                .setCondition(
                        Condition.newBuilder()
                                .setField(field)
                                .setOperator(operator)
                                .setValue(value))
                .build();
    }

    private static Filter not(Filter filter) {
        return Filter.newBuilder().setNot(filter).build();
    }

    private static void refused(Filter filter, ErrorCode code, String field) {
        assertThatThrownBy(() -> FilterSql.of(TABLE, filter))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(code);
                            assertThat(e.field()).isEqualTo(field);
                        });
    }

    @Test
    void namesAreTheCataloguesAndValuesAreBound() {
        Fragment made =
                FilterSql.of(TABLE, is("odd \" name", Operator.OPERATOR_EQUALS, text("'; --")));
        assertThat(made.text()).isEqualTo("\"odd \"\" name\" = CAST(? AS text)");
        assertThat(made.values()).isEqualTo(List.of("'; --"));
    }

    @Test
    void aNegationIsPushedDownToConditions() {
        Filter both =
                Filter.newBuilder()
                        .setAnd(
                                AllOf.newBuilder()
                                        .addFilters(
                                                is("id", Operator.OPERATOR_LESS_THAN, text("5")))
                                        .addFilters(
                                                not(is("name", Operator.OPERATOR_EQUALS, none()))))
                        .build();
        assertThat(FilterSql.of(TABLE, both).text())
                .isEqualTo("(\"id\" < CAST(? AS bigint) AND \"name\" IS NOT NULL)");
        assertThat(FilterSql.of(TABLE, not(both)).text())
                .isEqualTo("((\"id\" < CAST(? AS bigint)) IS NOT TRUE OR \"name\" IS NULL)");
        assertThat(FilterSql.of(TABLE, not(not(both)))).isEqualTo(FilterSql.of(TABLE, both));
    }

    @Test
    void aListMayHoldNullAndMayBeEmpty() {
        assertThat(
                        FilterSql.of(TABLE, is("id", Operator.OPERATOR_IN, list(text("1"), none())))
                                .text())
                .isEqualTo("(\"id\" IN (CAST(? AS bigint)) OR \"id\" IS NULL)");
        assertThat(FilterSql.of(TABLE, is("id", Operator.OPERATOR_IN, list())).text())
                .isEqualTo("FALSE");
        assertThat(FilterSql.of(TABLE, is("id", Operator.OPERATOR_NOT_IN, list())).text())
                .isEqualTo("(FALSE) IS NOT TRUE");
    }

    @Test
    void partsOfTextStandForThemselves() {
        Fragment made = FilterSql.of(TABLE, is("name", Operator.OPERATOR_CONTAINS, text("50%_\\")));
        assertThat(made.text()).isEqualTo("\"name\"::text LIKE CAST(? AS text)");
        assertThat(made.values()).isEqualTo(List.of("%50\\%\\_\\\\%"));
    }

    @Test
    void jsonIsComparedAsJsonbAndArraysByElement() {
        assertThat(FilterSql.of(TABLE, is("doc", Operator.OPERATOR_EQUALS, text("{}"))).text())
                .isEqualTo("\"doc\"::jsonb = CAST(? AS jsonb)");
        Fragment made = FilterSql.of(TABLE, is("tags", Operator.OPERATOR_CONTAINS, text("a\"b")));
        assertThat(made.text()).isEqualTo("\"tags\" @> CAST(? AS text[])");
        assertThat(made.values()).isEqualTo(List.of("{\"a\\\"b\"}"));
    }

    @Test
    void whatMakesNoSenseIsRefusedWithItsPlace() {
        refused(
                Filter.newBuilder()
                        .setOr(
                                AnyOf.newBuilder()
                                        .addFilters(is("id", Operator.OPERATOR_EQUALS, text("1")))
                                        .addFilters(is("nme", Operator.OPERATOR_EQUALS, text("1"))))
                        .build(),
                ErrorCode.COLUMN_UNKNOWN,
                "filter.or.filters[1].condition.field");
        refused(Filter.getDefaultInstance(), ErrorCode.FILTER_INVALID, "filter");
        refused(
                Filter.newBuilder().setAnd(AllOf.getDefaultInstance()).build(),
                ErrorCode.FILTER_INVALID,
                "filter.and.filters");
        refused(
                is("id", Operator.OPERATOR_STARTS_WITH, text("1")),
                ErrorCode.VALUE_INVALID,
                "filter.condition.value");
        refused(
                is("id", Operator.OPERATOR_IN, text("1")),
                ErrorCode.VALUE_INVALID,
                "filter.condition.value");
        refused(
                is("id", Operator.OPERATOR_UNSPECIFIED, text("1")),
                ErrorCode.FILTER_INVALID,
                "filter.condition.operator");
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "OPERATOR_GREATER_THAN",
                "OPERATOR_GREATER_THAN_OR_EQUALS",
                "OPERATOR_LESS_THAN",
                "OPERATOR_LESS_THAN_OR_EQUALS",
                "OPERATOR_CONTAINS",
                "OPERATOR_STARTS_WITH",
                "OPERATOR_ENDS_WITH"
            })
    void nullHasNoPlaceInAnOrderAndNoParts(Operator operator) {
        refused(is("name", operator, none()), ErrorCode.VALUE_INVALID, "filter.condition.value");
    }

    @Test
    void aFilterIsBounded() {
        Filter deep = is("id", Operator.OPERATOR_EQUALS, text("1"));
        for (int i = 0; i < 16; i++) {
            deep = not(deep);
        }
        refused(deep, ErrorCode.FILTER_INVALID, "filter");
        AnyOf.Builder many = AnyOf.newBuilder();
        for (int i = 0; i < 257; i++) {
            many.addFilters(is("id", Operator.OPERATOR_EQUALS, text("1")));
        }
        refused(Filter.newBuilder().setOr(many).build(), ErrorCode.FILTER_INVALID, "filter");
        Value[] values = new Value[1001];
        Arrays.fill(values, text("1"));
        refused(
                is("id", Operator.OPERATOR_IN, list(values)),
                ErrorCode.VALUE_INVALID,
                "filter.condition.value");
    }
}
