package io.prism.topologies.claimlifecycle;

import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease.Reason;
import io.prism.core.id.TimeOrderedIds;
import io.prism.topologies.claimlifecycle.Audience.Terms;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is known of one claim at rest.
 *
 * @param published empty while only acknowledgements have come
 * @param seenAt when the last {@code Published}, or else the first event, came, by the clock of the
 *     process that keeps the state
 * @param keepUntil the latest any acknowledgement asked for
 */
record ClaimState(
        Optional<Publication> published,
        SortedSet<String> acknowledgedBy,
        SortedSet<String> heldBy,
        Optional<Instant> keepUntil,
        Instant seenAt) {

    /** What is never announced is forgotten after this long. */
    static final Duration UNANNOUNCED = Duration.ofDays(1);

    /** How long a namespace may be unknown before it counts as gone. */
    static final Duration NAMESPACE_GONE = Duration.ofMinutes(1);

    /** What {@code Published} said. */
    record Publication(String objectKey, String topic, Instant at) {}

    ClaimState {
        acknowledgedBy = Collections.unmodifiableSortedSet(new TreeSet<>(acknowledgedBy));
        heldBy = Collections.unmodifiableSortedSet(new TreeSet<>(heldBy));
    }

    static ClaimState unknown(Instant now) {
        return new ClaimState(
                Optional.empty(), new TreeSet<>(), new TreeSet<>(), Optional.empty(), now);
    }

    /** The state after the event; empty when there is nothing left to follow. */
    Optional<ClaimState> after(ClaimEvent event, Instant now) {
        return switch (event) {
            case ClaimEvent.Published p -> Optional.of(published(p, now));
            case ClaimEvent.Acknowledged a ->
                    Optional.of(
                            new ClaimState(
                                    published,
                                    with(acknowledgedBy, a.subscription()),
                                    heldBy,
                                    later(keepUntil, a.keepUntil()),
                                    seenAt));
            case ClaimEvent.Held h ->
                    Optional.of(
                            new ClaimState(
                                    published,
                                    acknowledgedBy,
                                    with(heldBy, h.by()),
                                    keepUntil,
                                    seenAt));
            case ClaimEvent.Unheld u ->
                    Optional.of(
                            new ClaimState(
                                    published,
                                    acknowledgedBy,
                                    without(heldBy, u.by()),
                                    keepUntil,
                                    seenAt));
            case ClaimEvent.Deleted d -> Optional.empty();
        };
    }

    /** Acknowledgements that came before the first announcement count; a redrive clears them. */
    private ClaimState published(ClaimEvent.Published event, Instant now) {
        return new ClaimState(
                Optional.of(new Publication(event.objectKey(), event.topic(), event.at())),
                published.isEmpty() ? acknowledgedBy : new TreeSet<>(),
                heldBy,
                keepUntil,
                now);
    }

    /** What is to be done about a claim now. */
    sealed interface Verdict {
        /** Nothing, until another event or a change of the audience. */
        record Waits() implements Verdict {}

        /** To be asked again soon: the audience is not known far enough. */
        record Unsettled() implements Verdict {}

        record Released(String objectKey, Reason reason) implements Verdict {}

        /** There is nothing to release, and nothing to wait for. */
        record Forgotten() implements Verdict {}
    }

    Verdict judge(ClaimKey claim, Audience audience, Instant now) {
        if (published.isEmpty()) {
            return now.isAfter(seenAt.plus(UNANNOUNCED))
                    ? new Verdict.Forgotten()
                    : new Verdict.Waits();
        }
        Publication publication = published.get();
        Optional<Terms> terms = audience.of(claim.namespace());
        if (terms.isEmpty()) {
            return audience.knownUpTo().isAfter(seenAt.plus(NAMESPACE_GONE))
                    ? new Verdict.Forgotten()
                    : new Verdict.Waits();
        }
        if (terms.get().ttl().filter(ttl -> isOver(claim, publication, ttl, now)).isPresent()) {
            return new Verdict.Released(publication.objectKey(), Reason.TTL);
        }
        if (!heldBy.isEmpty() || !consumed()) {
            return new Verdict.Waits();
        }
        if (audience.knownUpTo().isBefore(seenAt)) {
            return new Verdict.Unsettled();
        }
        Set<String> owed = terms.get().owed(publication.topic(), publication.at());
        owed.removeAll(acknowledgedBy);
        if (!owed.isEmpty() || keepUntil.filter(now::isBefore).isPresent()) {
            return new Verdict.Waits();
        }
        return new Verdict.Released(publication.objectKey(), Reason.CONSUMED);
    }

    /** A copy in a derived topic is nobody's consumption yet. */
    private boolean consumed() {
        return acknowledgedBy.stream().anyMatch(by -> !by.equals(ClaimEvent.REHYDRATION));
    }

    /** A claim's life begins with its upload, as for expiry by listing. */
    private static boolean isOver(
            ClaimKey claim, Publication publication, Duration ttl, Instant now) {
        Instant begun =
                claim.id().version() == 7 ? TimeOrderedIds.instantOf(claim.id()) : publication.at();
        return !now.isBefore(begun.plus(ttl));
    }

    private static SortedSet<String> with(SortedSet<String> names, String name) {
        SortedSet<String> more = new TreeSet<>(names);
        more.add(name);
        return more;
    }

    private static SortedSet<String> without(SortedSet<String> names, String name) {
        SortedSet<String> less = new TreeSet<>(names);
        less.remove(name);
        return less;
    }

    private static Optional<Instant> later(Optional<Instant> a, Optional<Instant> b) {
        return a.isEmpty() || (b.isPresent() && b.get().isAfter(a.get())) ? b : a;
    }
}
