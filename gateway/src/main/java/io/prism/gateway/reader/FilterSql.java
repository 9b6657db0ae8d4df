package io.prism.gateway.reader;

import com.google.protobuf.ListValue;
import com.google.protobuf.Value;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.relation.Column;
import io.prism.gateway.relation.Column.Kind;
import io.prism.gateway.relation.ColumnText;
import io.prism.gateway.relation.ColumnValue;
import io.prism.gateway.relation.Table;
import io.prism.v1.Condition;
import io.prism.v1.Filter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A filter as a condition of a statement. Of each row it is true or not: where SQL would not know,
 * it is not. Negations are pushed down to the conditions, which keeps those without one in the form
 * that indexes serve.
 */
final class FilterSql {
    private static final int DEEPEST = 16;
    private static final int MOST_CONDITIONS = 256;
    private static final int MOST_VALUES = 1_000;

    /** Of all conditions; a statement takes 65,535 parameters. */
    private static final int MOST_PARAMETERS = 10_000;

    private final Table table;
    private int conditions;

    private FilterSql(Table table) {
        this.table = table;
    }

    /**
     * @throws PrismException FILTER_INVALID, COLUMN_UNKNOWN or VALUE_INVALID, with the field
     */
    static Fragment of(Table table, Filter filter) {
        Fragment made = new FilterSql(table).filter(filter, "filter", 1, false);
        if (made.values().size() > MOST_PARAMETERS) {
            throw wrong("filter", "a filter has at most " + MOST_PARAMETERS + " values in all");
        }
        return made;
    }

    private Fragment filter(Filter filter, String field, int depth, boolean negated) {
        if (depth > DEEPEST) {
            throw wrong("filter", "a filter is at most " + DEEPEST + " levels deep");
        }
        return switch (filter.getFilterCase()) {
            case CONDITION -> condition(filter.getCondition(), field + ".condition", negated);
            case AND ->
                    all(
                            filter.getAnd().getFiltersList(),
                            field + ".and",
                            negated ? " OR " : " AND ",
                            depth,
                            negated);
            case OR ->
                    all(
                            filter.getOr().getFiltersList(),
                            field + ".or",
                            negated ? " AND " : " OR ",
                            depth,
                            negated);
            case NOT -> filter(filter.getNot(), field + ".not", depth + 1, !negated);
            case FILTER_NOT_SET -> throw wrong(field, "a filter is one of condition, and, or, not");
        };
    }

    private Fragment all(
            List<Filter> filters, String field, String between, int depth, boolean negated) {
        if (filters.isEmpty()) {
            throw wrong(field + ".filters", "`and` and `or` hold at least one filter");
        }
        List<Fragment> parts = new ArrayList<>();
        for (int i = 0; i < filters.size(); i++) {
            parts.add(filter(filters.get(i), field + ".filters[" + i + "]", depth + 1, negated));
        }
        return Fragment.joined(parts, between);
    }

    private Fragment condition(Condition condition, String field, boolean negated) {
        if (++conditions > MOST_CONDITIONS) {
            throw wrong("filter", "a filter has at most " + MOST_CONDITIONS + " conditions");
        }
        Column column = table.column(condition.getField(), field + ".field");
        Operand on = new Operand(column, new ColumnText(table.name(), column, field + ".value"));
        Value value = condition.getValue();
        return switch (condition.getOperator()) {
            case OPERATOR_EQUALS -> negated ? on.differs(value) : on.equal(value);
            case OPERATOR_NOT_EQUALS -> negated ? on.equal(value) : on.differs(value);
            case OPERATOR_GREATER_THAN -> sure(on.compared(" > ", value), negated);
            case OPERATOR_GREATER_THAN_OR_EQUALS -> sure(on.compared(" >= ", value), negated);
            case OPERATOR_LESS_THAN -> sure(on.compared(" < ", value), negated);
            case OPERATOR_LESS_THAN_OR_EQUALS -> sure(on.compared(" <= ", value), negated);
            case OPERATOR_IN -> on.among(value, negated);
            case OPERATOR_NOT_IN -> on.among(value, !negated);
            case OPERATOR_CONTAINS -> sure(on.contains(value), negated);
            case OPERATOR_STARTS_WITH -> sure(on.like("", value, "%"), negated);
            case OPERATOR_ENDS_WITH -> sure(on.like("%", value, ""), negated);
            case OPERATOR_UNSPECIFIED, UNRECOGNIZED ->
                    throw wrong(
                            field + ".operator",
                            "there is no such operator; there are equals, not equals, greater"
                                    + " than, less than (each with or without equals), in, not in,"
                                    + " contains, starts with, ends with");
        };
    }

    private static Fragment sure(Fragment condition, boolean negated) {
        return negated ? condition.wrapped("(", ") IS NOT TRUE") : condition;
    }

    private static PrismException wrong(String field, String message) {
        return PrismException.ofField(ErrorCode.FILTER_INVALID, field, message);
    }

    /** What stands on the left of an operator, and the ways to go on. */
    private record Operand(Column column, ColumnText texts) {

        /** json itself knows no equality. */
        private String left() {
            return switch (column.type()) {
                case "json" -> column.quoted() + "::jsonb";
                default -> column.quoted();
            };
        }

        private String parameter() {
            return column.type().equals("json") ? "CAST(? AS jsonb)" : column.parameter();
        }

        private Object given(Value value) {
            Object given = texts.of(value);
            if (given == null) {
                throw texts.wrong("a value here, and not null");
            }
            return given;
        }

        Fragment equal(Value value) {
            Object given = texts.of(value);
            return given == null
                    ? Fragment.of(column.quoted() + " IS NULL")
                    : new Fragment(left() + " = " + parameter(), List.of(given));
        }

        Fragment differs(Value value) {
            Object given = texts.of(value);
            return given == null
                    ? Fragment.of(column.quoted() + " IS NOT NULL")
                    : new Fragment(left() + " IS DISTINCT FROM " + parameter(), List.of(given));
        }

        Fragment compared(String operator, Value value) {
            return new Fragment(left() + operator + parameter(), List.of(given(value)));
        }

        Fragment among(Value values, boolean negated) {
            if (!values.hasListValue()) {
                throw texts.wrong("a list of values here");
            }
            ListValue list = values.getListValue();
            if (list.getValuesCount() > MOST_VALUES) {
                throw texts.wrong("a list of at most " + MOST_VALUES + " values");
            }
            List<Object> given = new ArrayList<>();
            boolean orNull = false;
            for (Value value : list.getValuesList()) {
                Object one = texts.of(value);
                if (one == null) {
                    orNull = true;
                } else {
                    given.add(one);
                }
            }
            Fragment in =
                    given.isEmpty()
                            ? Fragment.of("FALSE")
                            : new Fragment(
                                    left()
                                            + given.stream()
                                                    .map(one -> parameter())
                                                    .collect(
                                                            Collectors.joining(", ", " IN (", ")")),
                                    given);
            Fragment there = orNull ? in.wrapped("(", " OR " + column.quoted() + " IS NULL)") : in;
            return sure(there, negated);
        }

        Fragment contains(Value value) {
            if (column.array()) {
                Value one =
                        Value.newBuilder()
                                .setListValue(ListValue.newBuilder().addValues(notNull(value)))
                                .build();
                return new Fragment(
                        column.quoted() + " @> " + column.parameter(), List.of(given(one)));
            }
            if (column.kind() == Kind.JSON) {
                return new Fragment(left() + " @> " + parameter(), List.of(given(value)));
            }
            return like("%", value, "%");
        }

        private Value notNull(Value value) {
            if (value.hasNullValue() || value.getKindCase() == Value.KindCase.KIND_NOT_SET) {
                throw texts.wrong("elements other than null here");
            }
            return value;
        }

        Fragment like(String before, Value value, String after) {
            if (!ColumnValue.isText(column)) {
                throw texts.wrong("comparisons of its whole value, not of a part of its text");
            }
            String literal =
                    String.valueOf(given(value))
                            .replace("\\", "\\\\")
                            .replace("%", "\\%")
                            .replace("_", "\\_");
            boolean citext = column.type().endsWith("citext");
            return new Fragment(
                    (citext ? column.quoted() : column.quoted() + "::text")
                            + " LIKE "
                            + (citext ? column.parameter() : "CAST(? AS text)"),
                    List.of(before + literal + after));
        }
    }

    /**
     * A part of a statement.
     *
     * @param text whose names are the catalogue's
     * @param values of its parameters
     */
    record Fragment(String text, List<? extends @Nullable Object> values) {
        static Fragment of(String text) {
            return new Fragment(text, List.of());
        }

        static Fragment joined(List<Fragment> parts, String between) {
            List<@Nullable Object> values = new ArrayList<>();
            parts.forEach(part -> values.addAll(part.values()));
            return new Fragment(
                    parts.stream()
                            .map(Fragment::text)
                            .collect(Collectors.joining(between, "(", ")")),
                    values);
        }

        Fragment wrapped(String before, String after) {
            return new Fragment(before + text + after, values);
        }
    }
}
