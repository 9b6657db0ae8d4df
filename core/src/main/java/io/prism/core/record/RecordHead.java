package io.prism.core.record;

import io.prism.core.claim.Claim;
import java.util.Map;
import java.util.Optional;

/**
 * What a record's headers say.
 *
 * @param id empty on a record that was not written by Prism
 * @param namespace empty on a record that was not written by Prism
 * @param patterns the chain it went through, such as {@code outbox@1,claim-check@1}; empty for none
 * @param claim where the payload is, if not in the record's value
 * @param metadata the user's own
 */
public record RecordHead(
        Optional<String> id,
        Optional<String> namespace,
        String patterns,
        Optional<Claim> claim,
        Map<String, String> metadata) {}
