package io.prism.standalone.e2e;

import static io.prism.standalone.e2e.Reading.is;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.v1.Condition;
import io.prism.v1.CountRequest;
import io.prism.v1.Filter;
import io.prism.v1.Operator;
import io.prism.v1.Row;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Filters, made at random, against an evaluation in plain Java. */
final class ReaderFilterIT {
    private static final int ROWS = 120;
    private static final int FILTERS = 2_500;
    private static final long SEED = Long.getLong("prism.seed", 20_261_122);

    @SuppressWarnings("NullAway.Init")
    private static LoneGateway prism;

    @SuppressWarnings("NullAway.Init")
    private static TestClient client;

    private static final List<Map<String, @Nullable Object>> TABLE = new ArrayList<>();

    private static final List<String> COLUMNS =
            List.of(
                    "small", "big", "amount", "ratio", "name", "flag", "at", "ref", "raw", "tags",
                    "day");

    private static final List<String> WORDS =
            List.of(
                    "",
                    "a",
                    "A",
                    "ab",
                    "b%",
                    "100%",
                    "a_b",
                    "axb",
                    "\\",
                    "'",
                    "''; DROP TABLE x;",
                    "\"",
                    "ż",
                    "Żab",
                    "日本",
                    "😀",
                    " a",
                    "NULL",
                    "{a,b}",
                    "a,b");

    @BeforeAll
    static void setUp() throws IOException {
        prism = LoneGateway.start(Map.of(), Duration.ofSeconds(5));
        client = prism.client();
        Random random = new Random(SEED);
        for (int i = 0; i < ROWS; i++) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            for (String column : COLUMNS) {
                row.put(column, random.nextInt(5) == 0 ? null : any(column, random));
            }
            TABLE.add(row);
        }
        try (SqlLooker sql = prism.database("postgres")) {
            sql.run(
                    """
                    CREATE TABLE things (
                        id int PRIMARY KEY, small int, big bigint, amount numeric, ratio float8,
                        name text COLLATE "C", flag boolean, at timestamptz, ref uuid, raw bytea,
                        tags text[], day date
                    )\
                    """);
            for (int i = 0; i < ROWS; i++) {
                StringBuilder values = new StringBuilder().append(i);
                for (String column : COLUMNS) {
                    values.append(", ").append(literal(TABLE.get(i).get(column)));
                }
                sql.run("INSERT INTO things VALUES (" + values + ")");
            }
        }
        client.create(
                """
                namespaces:
                  - name: filters
                    client_api: reader
                    collections: things
                    backend: {type: postgres, database: postgres}
                """);
    }

    @AfterAll
    static void tearDown() {
        prism.close();
    }

    private static Object any(String column, Random random) {
        return switch (column) {
            case "small" -> random.nextInt(10) - 5;
            case "big" -> 9_007_199_254_740_990L + random.nextInt(8);
            case "amount" -> new BigDecimal(random.nextInt(20)).movePointLeft(random.nextInt(3));
            case "ratio" -> random.nextInt(12) / 8.0;
            case "name" -> WORDS.get(random.nextInt(WORDS.size()));
            case "flag" -> random.nextBoolean();
            case "at" -> Instant.ofEpochSecond(1_769_846_400 + random.nextInt(5), 123_456_000);
            case "ref" -> new UUID(random.nextInt(3) * 0x7000_0000_0000_0000L, random.nextInt(3));
            case "raw" -> {
                byte[] bytes = new byte[random.nextInt(3)];
                random.nextBytes(bytes);
                yield bytes;
            }
            case "tags" -> {
                List<String> tags = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    tags.add(WORDS.get(random.nextInt(WORDS.size())));
                }
                yield tags;
            }
            case "day" -> LocalDate.of(2026, 1, 1 + random.nextInt(6));
            default -> throw new AssertionError(column);
        };
    }

    private static String literal(@Nullable Object value) {
        return switch (value) {
            case null -> "NULL";
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case byte[] bytes -> "'\\x" + HexFormat.of().formatHex(bytes) + "'";
            case List<?> list ->
                    list.isEmpty()
                            ? "'{}'"
                            : list.stream()
                                    .map(ReaderFilterIT::literal)
                                    .collect(Collectors.joining(", ", "ARRAY[", "]"));
            default -> "'" + value.toString().replace("'", "''") + "'";
        };
    }

    /** As a client would write it. */
    private static @Nullable Object given(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case Integer small -> small;
            case Double ratio -> ratio;
            case Boolean flag -> flag;
            case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
            case List<?> list -> list;
            default -> value.toString();
        };
    }

    /** A filter, and what it means. */
    private record Meant(Filter filter, Predicate<Map<String, @Nullable Object>> of) {}

    private static Meant random(Random random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(6);
        return switch (kind) {
            case 1, 2 -> {
                List<Meant> parts = several(random, depth);
                List<Filter> filters = parts.stream().map(Meant::filter).toList();
                yield kind == 1
                        ? new Meant(
                                Reading.and(filters),
                                row -> parts.stream().allMatch(part -> part.of().test(row)))
                        : new Meant(
                                Reading.or(filters),
                                row -> parts.stream().anyMatch(part -> part.of().test(row)));
            }
            case 3 -> {
                Meant other = random(random, depth - 1);
                yield new Meant(Reading.not(other.filter()), other.of().negate());
            }
            default -> condition(random);
        };
    }

    private static List<Meant> several(Random random, int depth) {
        List<Meant> parts = new ArrayList<>();
        for (int i = random.nextInt(3) + 1; i > 0; i--) {
            parts.add(random(random, depth - 1));
        }
        return parts;
    }

    private static Meant condition(Random random) {
        String column = COLUMNS.get(random.nextInt(COLUMNS.size()));
        List<Operator> operators = new ArrayList<>(List.of(Operator.values()));
        operators.remove(Operator.UNRECOGNIZED);
        operators.remove(Operator.OPERATOR_UNSPECIFIED);
        if (!column.equals("name")) {
            operators.remove(Operator.OPERATOR_STARTS_WITH);
            operators.remove(Operator.OPERATOR_ENDS_WITH);
            if (!column.equals("tags")) {
                operators.remove(Operator.OPERATOR_CONTAINS);
            }
        }
        if (column.equals("tags")) {
            operators.removeIf(o -> o.name().contains("GREATER") || o.name().contains("LESS"));
        }
        return condition(column, operators.get(random.nextInt(operators.size())), random);
    }

    private static Meant condition(String column, Operator operator, Random random) {
        return switch (operator) {
            case OPERATOR_EQUALS, OPERATOR_NOT_EQUALS -> {
                Object value = random.nextInt(6) == 0 ? null : any(column, random);
                boolean equal = operator == Operator.OPERATOR_EQUALS;
                yield new Meant(
                        is(column, operator, given(value)),
                        row -> same(row.get(column), value) == equal);
            }
            case OPERATOR_IN, OPERATOR_NOT_IN -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    values.add(random.nextInt(5) == 0 ? null : any(column, random));
                }
                List<@Nullable Object> sent = new ArrayList<>();
                values.forEach(value -> sent.add(given(value)));
                boolean in = operator == Operator.OPERATOR_IN;
                yield new Meant(
                        is(column, operator, sent),
                        row ->
                                values.stream().anyMatch(value -> same(row.get(column), value))
                                        == in);
            }
            case OPERATOR_CONTAINS, OPERATOR_STARTS_WITH, OPERATOR_ENDS_WITH -> {
                String word = WORDS.get(random.nextInt(WORDS.size()));
                yield new Meant(
                        is(column, operator, word), row -> part(row.get(column), operator, word));
            }
            default -> {
                Object value = any(column, random);
                yield new Meant(
                        is(column, operator, given(value)),
                        row -> {
                            Object cell = row.get(column);
                            return cell != null && holds(operator, compare(cell, value));
                        });
            }
        };
    }

    private static boolean part(@Nullable Object cell, Operator operator, String word) {
        return switch (cell) {
            case null -> false;
            case List<?> list -> list.contains(word);
            default -> {
                String text = cell.toString();
                yield switch (operator) {
                    case OPERATOR_CONTAINS -> text.contains(word);
                    case OPERATOR_STARTS_WITH -> text.startsWith(word);
                    default -> text.endsWith(word);
                };
            }
        };
    }

    private static boolean holds(Operator operator, int order) {
        return switch (operator) {
            case OPERATOR_GREATER_THAN -> order > 0;
            case OPERATOR_GREATER_THAN_OR_EQUALS -> order >= 0;
            case OPERATOR_LESS_THAN -> order < 0;
            case OPERATOR_LESS_THAN_OR_EQUALS -> order <= 0;
            default -> throw new AssertionError(operator);
        };
    }

    private static boolean same(@Nullable Object cell, @Nullable Object value) {
        return cell == null || value == null ? cell == value : compare(cell, value) == 0;
    }

    @SuppressWarnings("unchecked")
    private static int compare(Object cell, Object value) {
        return switch (cell) {
            case byte[] bytes -> Arrays.compareUnsigned(bytes, (byte[]) value);
            case String text ->
                    Arrays.compareUnsigned(text.getBytes(UTF_8), ((String) value).getBytes(UTF_8));
            case UUID id -> id.toString().compareTo(value.toString());
            case List<?> list -> list.equals(value) ? 0 : 1;
            case Comparable<?> comparable -> ((Comparable<Object>) comparable).compareTo(value);
            default -> throw new AssertionError(cell);
        };
    }

    private static void check(Meant meant) {
        TreeSet<Integer> expected = new TreeSet<>();
        for (int i = 0; i < ROWS; i++) {
            if (meant.of().test(TABLE.get(i))) {
                expected.add(i);
            }
        }
        TreeSet<Integer> found = new TreeSet<>();
        var rows =
                client.reader("filters")
                        .query(
                                Reading.query("things", meant.filter()).toBuilder()
                                        .addFields("id")
                                        .build());
        while (rows.hasNext()) {
            Row row = rows.next();
            assertThat(found.add((int) row.getValuesOrThrow("id").getNumberValue())).isTrue();
        }
        assertThat(found).as("seed %d: %s", SEED, meant.filter()).isEqualTo(expected);
    }

    @Test
    void anyFilterMeansWhatItSays() {
        Random random = new Random(SEED);
        for (int i = 0; i < FILTERS; i++) {
            check(random(random, random.nextInt(5)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"OPERATOR_UNSPECIFIED", "UNRECOGNIZED"})
    void eachOperatorAndItsNegationPartTheRows(Operator operator) {
        Random random = new Random(SEED);
        for (String column : COLUMNS) {
            boolean parts =
                    operator.name().endsWith("_WITH") || operator == Operator.OPERATOR_CONTAINS;
            boolean fits =
                    column.equals("name")
                            || (column.equals("tags")
                                    ? !operator.name().contains("THAN")
                                            && !operator.name().endsWith("_WITH")
                                    : !parts);
            if (!fits) {
                continue;
            }
            for (int i = 0; i < 10; i++) {
                Meant meant = condition(column, operator, random);
                check(meant);
                check(new Meant(Reading.not(meant.filter()), meant.of().negate()));
            }
        }
        long all = count(Reading.or(List.of(is("id", Operator.OPERATOR_GREATER_THAN, -1))));
        assertThat(all).isEqualTo(ROWS);
    }

    private static long count(Filter filter) {
        return client.reader("filters")
                .count(CountRequest.newBuilder().setCollection("things").setFilter(filter).build())
                .getCount();
    }

    @Test
    void countAgreesWithQuery() {
        Random random = new Random(SEED + 1);
        for (int i = 0; i < 100; i++) {
            Meant meant = random(random, 3);
            long expected = TABLE.stream().filter(meant.of()).count();
            assertThat(count(meant.filter()))
                    .as("seed %d: %s", SEED + 1, meant.filter())
                    .isEqualTo(expected);
        }
        Condition none =
                Condition.newBuilder()
                        .setField("id")
                        .setOperator(Operator.OPERATOR_IN)
                        .setValue(Reading.value(List.of()))
                        .build();
        assertThat(count(Filter.newBuilder().setCondition(none).build())).isZero();
    }
}
