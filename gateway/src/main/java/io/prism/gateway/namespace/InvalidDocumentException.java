package io.prism.gateway.namespace;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.spec.ParsedDocument.Violation;
import java.util.List;

/** A namespace document with everything that is wrong with it. */
public final class InvalidDocumentException extends PrismException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    InvalidDocumentException(List<Violation> violations) {
        super(
                ErrorCode.NAMESPACE_INVALID,
                "the document has "
                        + violations.size()
                        + (violations.size() == 1 ? " error" : " errors")
                        + "; the first: "
                        + violations.getFirst().path()
                        + ": "
                        + violations.getFirst().message());
        this.violations = List.copyOf(violations);
    }

    @Override
    public List<FieldViolation> violations() {
        return violations.stream()
                .map(
                        v ->
                                new FieldViolation(
                                        v.path(),
                                        v.code(),
                                        v.message()
                                                + (v.suggestion().isEmpty()
                                                        ? ""
                                                        : " (" + v.suggestion() + ")")))
                .toList();
    }
}
