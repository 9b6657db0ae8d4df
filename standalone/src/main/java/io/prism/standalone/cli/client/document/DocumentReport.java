package io.prism.standalone.cli.client.document;

import io.prism.v1.ExplainNamespaceResponse;
import io.prism.v1.Plan;
import io.prism.v1.ValidateNamespaceResponse;
import io.prism.v1.Violation;
import io.prism.v1.Warning;
import java.util.List;

/**
 * What is to be said about a document.
 *
 * @param plans empty when there are violations
 * @param availabilityKnown whether a server spoke: only it knows which patterns it can run
 */
public record DocumentReport(
        List<Violation> violations,
        List<Warning> warnings,
        List<Plan> plans,
        boolean availabilityKnown) {

    public static DocumentReport of(ValidateNamespaceResponse response) {
        return new DocumentReport(
                response.getViolationsList(),
                response.getWarningsList(),
                response.getPlansList(),
                true);
    }

    public static DocumentReport of(ExplainNamespaceResponse response) {
        return new DocumentReport(
                List.of(), response.getWarningsList(), response.getPlansList(), true);
    }

    public boolean valid() {
        return violations.isEmpty();
    }
}
