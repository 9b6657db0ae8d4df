package io.prism.standalone.config;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.List;
import java.util.stream.Collectors;

/** Everything that is wrong with a configuration, one problem a line. */
public final class ConfigurationException extends PrismException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // never serialised
    private final List<Problem> problems;

    ConfigurationException(List<Problem> problems) {
        super(
                ErrorCode.CONFIGURATION_INVALID,
                "the configuration cannot be used:"
                        + problems.stream()
                                .map(p -> "\n  " + p.where() + ": " + p.message())
                                .collect(Collectors.joining()));
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
