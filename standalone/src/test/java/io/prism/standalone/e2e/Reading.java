package io.prism.standalone.e2e;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.prism.v1.AllOf;
import io.prism.v1.AnyOf;
import io.prism.v1.Condition;
import io.prism.v1.Direction;
import io.prism.v1.Filter;
import io.prism.v1.GetRequest;
import io.prism.v1.Operator;
import io.prism.v1.QueryRequest;
import io.prism.v1.ReadRequest;
import io.prism.v1.Row;
import io.prism.v1.Sort;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests of ReaderService in few words. */
final class Reading {
    private Reading() {}

    static Value value(@Nullable Object value) {
        Value.Builder made = Value.newBuilder();
        switch (value) {
            case null -> made.setNullValue(NullValue.NULL_VALUE);
            case Boolean flag -> made.setBoolValue(flag);
            case Number number -> made.setNumberValue(number.doubleValue());
            case List<?> list -> {
                ListValue.Builder items = ListValue.newBuilder();
                list.forEach(item -> items.addValues(value(item)));
                made.setListValue(items);
            }
            case Value already -> {
                return already;
            }
            default -> made.setStringValue(value.toString());
        }
        return made.build();
    }

    static GetRequest get(String collection, @Nullable Object id, String... fields) {
        return GetRequest.newBuilder()
                .setCollection(collection)
                .setId(value(id))
                .addAllFields(List.of(fields))
                .build();
    }

    static Value key(Object... columns) {
        Struct.Builder key = Struct.newBuilder();
        for (int i = 0; i < columns.length; i += 2) {
            key.putFields(columns[i].toString(), value(columns[i + 1]));
        }
        return Value.newBuilder().setStructValue(key).build();
    }

    static Filter is(String field, Operator operator, @Nullable Object value) {
        return Filter.newBuilder()
                .setCondition(
                        Condition.newBuilder()
                                .setField(field)
                                .setOperator(operator)
                                .setValue(value(value)))
                .build();
    }

    static Filter and(List<Filter> filters) {
        return Filter.newBuilder().setAnd(AllOf.newBuilder().addAllFilters(filters)).build();
    }

    static Filter or(List<Filter> filters) {
        return Filter.newBuilder().setOr(AnyOf.newBuilder().addAllFilters(filters)).build();
    }

    static Filter not(Filter filter) {
        return Filter.newBuilder().setNot(filter).build();
    }

    static QueryRequest query(String collection, Filter filter) {
        return QueryRequest.newBuilder().setCollection(collection).setFilter(filter).build();
    }

    static QueryRequest all(String collection) {
        return QueryRequest.newBuilder().setCollection(collection).build();
    }

    static ReadRequest pages(String collection, int size, Sort... sorts) {
        return ReadRequest.newBuilder()
                .setCollection(collection)
                .setPageSize(size)
                .addAllSort(List.of(sorts))
                .build();
    }

    static Sort ascending(String field) {
        return Sort.newBuilder().setField(field).build();
    }

    static Sort descending(String field) {
        return Sort.newBuilder()
                .setField(field)
                .setDirection(Direction.DIRECTION_DESCENDING)
                .build();
    }

    static String text(Row row, String column) {
        return row.getValuesOrThrow(column).getStringValue();
    }
}
