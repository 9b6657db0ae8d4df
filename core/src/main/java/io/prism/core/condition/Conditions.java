package io.prism.core.condition;

import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Value;
import io.prism.v1.AllOf;
import io.prism.v1.AnyOf;
import io.prism.v1.Condition;
import io.prism.v1.Direction;
import io.prism.v1.Filter;
import io.prism.v1.Operator;
import io.prism.v1.Sort;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Conditions as people type them: {@code total>=10}, {@code status in open,late}. */
public final class Conditions {
    /** What stands between a column and a value. */
    public static final String OPERATORS =
            "=, !=, >, >=, <, <=, *= (contains), ^= (starts with), $= (ends with), in, not in";

    private static final Map<String, Operator> KNOWN =
            Map.ofEntries(
                    Map.entry("=", Operator.OPERATOR_EQUALS),
                    Map.entry("!=", Operator.OPERATOR_NOT_EQUALS),
                    Map.entry(">", Operator.OPERATOR_GREATER_THAN),
                    Map.entry(">=", Operator.OPERATOR_GREATER_THAN_OR_EQUALS),
                    Map.entry("<", Operator.OPERATOR_LESS_THAN),
                    Map.entry("<=", Operator.OPERATOR_LESS_THAN_OR_EQUALS),
                    Map.entry("*=", Operator.OPERATOR_CONTAINS),
                    Map.entry("^=", Operator.OPERATOR_STARTS_WITH),
                    Map.entry("$=", Operator.OPERATOR_ENDS_WITH),
                    Map.entry("in", Operator.OPERATOR_IN),
                    Map.entry("not in", Operator.OPERATOR_NOT_IN));
    private static final Pattern FORM =
            Pattern.compile(
                    "(?<field>[^\\s=!<>*^$]+)(?:\\s*(?<sign>!=|>=|<=|\\*=|\\^=|\\$=|=|>|<)\\s*"
                            + "|\\s+(?<word>not\\s+in|in)\\s+)(?<value>.*)",
                    Pattern.DOTALL | Pattern.CASE_INSENSITIVE);

    private Conditions() {}

    /**
     * All of them, or any.
     *
     * @throws IllegalArgumentException whose message says what is wrong
     */
    public static Optional<Filter> filter(List<String> conditions, boolean any) {
        List<Filter> filters = conditions.stream().map(Conditions::condition).toList();
        return switch (filters.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(filters.getFirst());
            default ->
                    Optional.of(
                            any
                                    ? Filter.newBuilder()
                                            .setOr(AnyOf.newBuilder().addAllFilters(filters))
                                            .build()
                                    : Filter.newBuilder()
                                            .setAnd(AllOf.newBuilder().addAllFilters(filters))
                                            .build());
        };
    }

    private static Filter condition(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "write a condition as a column, an operator and a value, such as total>=10; the"
                            + " operators are "
                            + OPERATORS);
        }
        String sign = matcher.group("sign");
        String word =
                sign != null
                        ? sign
                        : matcher.group("word").toLowerCase(Locale.ROOT).replaceAll("\\s+", " ");
        Operator operator = KNOWN.getOrDefault(word, Operator.OPERATOR_UNSPECIFIED);
        String value = matcher.group("value");
        boolean list = operator == Operator.OPERATOR_IN || operator == Operator.OPERATOR_NOT_IN;
        return Filter.newBuilder()
                .setCondition(
                        Condition.newBuilder()
                                .setField(matcher.group("field"))
                                .setOperator(operator)
                                .setValue(list ? list(value) : value(value)))
                .build();
    }

    private static Value list(String text) {
        ListValue.Builder list = ListValue.newBuilder();
        Arrays.stream(text.split(","))
                .map(String::strip)
                .map(Conditions::value)
                .forEach(list::addValues);
        return Value.newBuilder().setListValue(list).build();
    }

    /** The database reads texts of any type; null is no text. */
    public static Value value(String text) {
        return text.equals("null")
                ? Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build()
                : Value.newBuilder().setStringValue(text).build();
    }

    /** A column, with a minus in front for descending. */
    public static Sort sort(String text) {
        boolean descending = text.startsWith("-");
        return Sort.newBuilder()
                .setField(descending ? text.substring(1) : text)
                .setDirection(
                        descending ? Direction.DIRECTION_DESCENDING : Direction.DIRECTION_ASCENDING)
                .build();
    }
}
