package io.prism.core.spec;

import io.prism.core.spec.yaml.YamlNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What may stand as an option's value, how it is read, and how it is shown. */
interface ValueType<T> {
    /** What people call it: {@code size}, {@code list of brokers}. */
    String label();

    /** The words, if it is a choice, else one line that describes what may stand. */
    List<String> allowed();

    /** The value, or empty after reporting why not. */
    Optional<T> read(At at, Problems problems);

    /** As it would be written. */
    String show(T value);

    /** One text. */
    record Scalar<T>(
            String label,
            List<String> allowed,
            Function<String, Parsed<T>> parser,
            Function<T, String> shower)
            implements ValueType<T> {

        Parsed<T> parse(String text) {
            return parser.apply(text);
        }

        @Override
        public Optional<T> read(At at, Problems problems) {
            if (!(at.node() instanceof YamlNode.Scalar scalar)) {
                problems.wrong(
                        at.value(),
                        ViolationCode.INVALID_VALUE,
                        "`" + at.path() + "` must be a " + label + ", not " + kind(at.node()),
                        allowed,
                        at.node() instanceof YamlNode.Mapping
                                ? "quote the value if braces are part of it"
                                : "write one value, without brackets or a dash");
                return Optional.empty();
            }
            if (scalar.isNull()) {
                problems.wrong(
                        at,
                        ViolationCode.INVALID_VALUE,
                        "`" + at.path() + "` has no value",
                        allowed,
                        "write a value, or remove the key to get the default");
                return Optional.empty();
            }
            return switch (parse(scalar.text())) {
                case Parsed.Value<T> ok -> Optional.of(ok.value());
                case Parsed.Wrong<T> wrong -> {
                    problems.wrong(
                            at.value(),
                            ViolationCode.INVALID_VALUE,
                            "`" + Shown.of(scalar.text()) + "` " + wrong.problem(),
                            allowed,
                            wrong.suggestion());
                    yield Optional.empty();
                }
            };
        }

        @Override
        public String show(T value) {
            return shower.apply(value);
        }
    }

    /** Several of a kind; a single one may be written without the brackets. */
    record Many<T>(Scalar<T> of) implements ValueType<List<T>> {
        @Override
        public String label() {
            return "list of " + of.label() + "s";
        }

        @Override
        public List<String> allowed() {
            return of.allowed();
        }

        @Override
        public Optional<List<T>> read(At at, Problems problems) {
            int before = problems.count();
            LinkedHashSet<T> values = new LinkedHashSet<>();
            boolean list = at.node() instanceof YamlNode.Sequence;
            for (At item : list ? at.items() : List.of(at)) {
                Optional<T> value = of.read(item, problems);
                if (value.isPresent() && !values.add(value.get())) {
                    problems.wrong(
                            item,
                            ViolationCode.INVALID_VALUE,
                            "`" + Shown.of(item.node()) + "` is listed twice",
                            List.of(),
                            "remove one");
                }
            }
            if (values.isEmpty() && problems.count() == before) {
                problems.wrong(
                        at.value(),
                        ViolationCode.INVALID_VALUE,
                        "`" + at.path() + "` is an empty list",
                        allowed(),
                        "list at least one, or remove the key");
            }
            return problems.count() == before ? Optional.of(List.copyOf(values)) : Optional.empty();
        }

        @Override
        public String show(List<T> values) {
            return values.stream().map(of::show).collect(Collectors.joining(", "));
        }
    }

    private static String kind(YamlNode node) {
        return switch (node) {
            case YamlNode.Mapping ignored -> "a mapping";
            case YamlNode.Sequence ignored -> "a list";
            case YamlNode.Scalar ignored -> "a value";
        };
    }
}
