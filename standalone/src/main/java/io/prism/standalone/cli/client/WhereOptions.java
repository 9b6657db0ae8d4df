package io.prism.standalone.cli.client;

import io.prism.core.condition.Conditions;
import io.prism.v1.Filter;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which rows. */
final class WhereOptions {
    @Option(
            names = "--where",
            paramLabel = "CONDITION",
            description =
                    "A column, an operator and a value: total>=10. May be given several times."
                            + " Operators: "
                            + Conditions.OPERATORS
                            + ".")
    private List<String> where = List.of();

    @Option(names = "--any", description = "Rows for which any condition holds, and not all.")
    private boolean any;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    /**
     * All rows where there is none.
     *
     * @throws ParameterException which condition is none, and why
     */
    Optional<Filter> filter() {
        try {
            return Conditions.filter(where, any);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(), "--where: " + e.getMessage());
        }
    }
}
