package io.prism.topologies.claimlifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.claim.lifecycle.ClaimEvent;
import io.prism.core.claim.lifecycle.ClaimKey;
import io.prism.core.claim.lifecycle.ClaimRelease;
import io.prism.core.claim.lifecycle.ClaimRelease.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClaimLifecycleTopologyTest {
    private static final Duration MOMENT = Duration.ofMillis(10);

    @TempDir private Path state;
    private Harness at;
    private ClaimKey claim;

    @SuppressWarnings("NullAway.Init") // made before each test
    ClaimLifecycleTopologyTest() {}

    @BeforeEach
    void start() {
        at = new Harness(state);
        claim = at.claim(1);
    }

    @AfterEach
    void stop() {
        at.close();
    }

    private void assertReleased(Reason reason, String... acknowledgedBy) {
        assertThat(at.released())
                .containsExactly(
                        new ClaimRelease(
                                claim,
                                Harness.objectKey(claim),
                                reason,
                                new TreeSet<>(List.of(acknowledgedBy)),
                                at.now()));
        assertThat(at.claimsFollowed()).as("claims still followed").isZero();
    }

    private void assertKept() {
        at.settle();
        assertThat(at.released()).isEmpty();
        assertThat(at.claimsFollowed()).isEqualTo(1);
    }

    @Test
    void theTopologyIsTheGoldenOne() throws IOException {
        Path golden = Path.of("src/test/resources/claim-lifecycle.topology.txt");
        String described =
                ClaimLifecycleTopology.build(() -> new Audience(Instant.EPOCH, 0, Map.of()))
                        .describe()
                        .toString();
        if (Boolean.getBoolean("prism.golden.write")) {
            Files.writeString(golden, described);
        }
        assertThat(described)
                .as("a change of names or structure makes stores and topics of a new name")
                .isEqualTo(Files.readString(golden));
    }

    @Test
    void aClaimIsReleasedWhenTheLastOfItsSubscriptionsHasAcknowledged() {
        at.subscribe("fast", "clips");
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.pass(MOMENT);
        at.acknowledged(claim, "fast");
        assertKept();
        at.acknowledged(claim, "slow");
        assertReleased(Reason.CONSUMED, "fast", "slow");
    }

    @Test
    void anEphemeralConsumerIsEnoughWhereThereAreNoSubscriptions() {
        at.published(claim, "clips");
        assertKept();
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "");
    }

    @Test
    void anEphemeralConsumerDoesNotStandInForASubscription() {
        at.subscribe("encoder", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertKept();
    }

    @Test
    void rehydrationIsWaitedForAndIsNoConsumption() {
        at.subscribe(ClaimEvent.REHYDRATION, "clips");
        at.published(claim, "clips");
        at.pass(MOMENT);
        at.acknowledged(claim, ClaimEvent.REHYDRATION);
        assertKept();
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "", ClaimEvent.REHYDRATION);
    }

    @Test
    void aConsumerThatIsQuickerThanRehydrationDoesNotTakeItsPayloadAway() {
        at.subscribe(ClaimEvent.REHYDRATION, "clips");
        at.published(claim, "clips");
        at.pass(MOMENT);
        at.acknowledged(claim, "");
        assertKept();
        at.acknowledged(claim, ClaimEvent.REHYDRATION);
        assertReleased(Reason.CONSUMED, "", ClaimEvent.REHYDRATION);
    }

    @Test
    void subscriptionsToOtherTopicsAreNotWaitedFor() {
        at.subscribe("other", "stills");
        at.published(claim, "clips");
        at.pass(MOMENT);
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "");
    }

    @Test
    void anAcknowledgementThatComesBeforeThePublicationIsSeenCounts() {
        at.subscribe("encoder", "clips");
        at.acknowledged(claim, "encoder");
        assertKept();
        at.published(claim, "clips");
        assertReleased(Reason.CONSUMED, "encoder");
    }

    @Test
    void anAcknowledgementOfAClaimThatIsNeverPublishedIsForgotten() {
        at.acknowledged(claim, "encoder");
        at.pass(ClaimState.UNANNOUNCED);
        assertThat(at.claimsFollowed()).isEqualTo(1);
        at.pass(ClaimLifecycleProcessor.RESCAN.plusSeconds(1));
        assertThat(at.claimsFollowed()).isZero();
        assertThat(at.released()).isEmpty();
    }

    @Test
    void aSubscriptionCreatedLaterIsNotWaitedForAndItsAcknowledgementAloneIsNotEnough() {
        at.subscribe("first", "clips");
        at.published(claim, "clips");
        at.pass(MOMENT);
        at.subscribe("later", "clips");
        at.acknowledged(claim, "later");
        assertKept();
        at.acknowledged(claim, "first");
        assertReleased(Reason.CONSUMED, "first", "later");
    }

    @Test
    void aSubscriptionCreatedAtTheVeryInstantIsWaitedFor() {
        at.subscribe("encoder", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertKept();
    }

    @Test
    void aSubscriptionDeletedMeanwhileIsNotWaitedForAnyMore() {
        at.subscribe("fast", "clips");
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "fast");
        assertKept();
        at.unsubscribe("slow");
        at.pass(ClaimLifecycleProcessor.TICK);
        assertReleased(Reason.CONSUMED, "fast");
    }

    @Test
    void aSubscriptionDeletedAndMadeAgainIsANewOne() {
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        at.pass(MOMENT);
        at.unsubscribe("slow");
        at.subscribe("slow", "clips");
        at.pass(ClaimLifecycleProcessor.TICK);
        assertReleased(Reason.CONSUMED, "");
    }

    @Test
    void whenAllSubscriptionsAreDeletedSomebodyMustStillHaveConsumed() {
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.unsubscribe("slow");
        assertKept();
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "");
    }

    @Test
    void acknowledgingTwiceChangesNothing() {
        at.subscribe("fast", "clips");
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "fast");
        at.acknowledged(claim, "fast");
        assertKept();
        at.acknowledged(claim, "slow");
        assertReleased(Reason.CONSUMED, "fast", "slow");
    }

    @Test
    void anAcknowledgementAfterTheReleaseReleasesNothingAndIsForgotten() {
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "");
        at.acknowledged(claim, "");
        at.pass(ClaimState.UNANNOUNCED);
        at.pass(ClaimLifecycleProcessor.RESCAN.plusSeconds(1));
        assertThat(at.released()).isEmpty();
        assertThat(at.claimsFollowed()).isZero();
    }

    @Test
    void aClaimIsReleasedAtItsTtlWhoeverStillWaits() {
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.send(new ClaimEvent.Held(claim, "clips.dlq"));
        at.pass(Harness.TTL.minusSeconds(1));
        assertKept();
        at.pass(ClaimLifecycleProcessor.RESCAN.plusSeconds(1));
        assertThat(at.released())
                .singleElement()
                .satisfies(release -> assertThat(release.reason()).isEqualTo(Reason.TTL));
        assertThat(at.claimsFollowed()).isZero();
    }

    @Test
    void anAcknowledgementAfterTheTtlReleasesForTheTtl() {
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.pass(Harness.TTL.minusMillis(1));
        assertThat(at.released()).isEmpty();
        at.pass(Duration.ofMillis(1));
        at.released();
        ClaimKey another = at.claim(2);
        at.published(another, "clips");
        at.pass(Harness.TTL.minusMillis(50));
        at.pass(Duration.ofMillis(50));
        at.acknowledged(another, "slow");
        assertThat(at.released())
                .extracting(ClaimRelease::claim)
                .contains(another)
                .doesNotHaveDuplicates();
    }

    @Test
    void whatIsHeldIsNotReleasedByConsumptionUntilEveryHolderLetsGo() {
        at.subscribe("encoder", "clips");
        at.published(claim, "clips");
        at.send(new ClaimEvent.Held(claim, "clips.dlq"));
        at.send(new ClaimEvent.Held(claim, "other.dlq"));
        at.acknowledged(claim, "encoder");
        assertKept();
        at.send(new ClaimEvent.Unheld(claim, "clips.dlq"));
        assertKept();
        at.send(new ClaimEvent.Unheld(claim, "other.dlq"));
        assertReleased(Reason.CONSUMED, "encoder");
    }

    @Test
    void aRedrivenMessageIsWaitedForAgain() {
        at.subscribe("encoder", "clips");
        at.published(claim, "clips");
        at.send(new ClaimEvent.Held(claim, "clips.dlq"));
        at.acknowledged(claim, "encoder");
        at.pass(MOMENT);
        at.published(claim, "clips");
        at.send(new ClaimEvent.Unheld(claim, "clips.dlq"));
        assertKept();
        at.acknowledged(claim, "encoder");
        assertReleased(Reason.CONSUMED, "encoder");
    }

    @Test
    void aClaimSomebodyElseDeletedIsForgotten() {
        at.published(claim, "clips");
        at.send(new ClaimEvent.Deleted(claim));
        assertThat(at.claimsFollowed()).isZero();
        at.settle();
        assertThat(at.released()).isEmpty();
    }

    @Test
    void aPayloadThatMayStillBeFetchedIsKeptThatLong() {
        at.published(claim, "clips");
        at.send(
                new ClaimEvent.Acknowledged(
                        claim, "", Optional.of(at.now().plus(Duration.ofMinutes(30)))));
        at.acknowledged(claim, "");
        assertKept();
        at.pass(Duration.ofMinutes(29));
        assertKept();
        at.pass(ClaimLifecycleProcessor.RESCAN.plusSeconds(1));
        assertThat(at.released()).hasSize(1);
        assertThat(at.claimsFollowed()).isZero();
    }

    @Test
    void nothingIsReleasedBeforeTheSubscriptionsUpToItsPublicationAreKnown() {
        // Given: somebody has just subscribed, and this process has not heard of it
        at.tablesKnown(false);
        at.pass(MOMENT);
        Instant subscribed = at.now();
        at.pass(MOMENT);
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertKept();

        // When
        at.subscribe("encoder", "clips", subscribed);
        at.tablesKnown(true);

        // Then
        assertKept();
        at.acknowledged(claim, "encoder");
        assertReleased(Reason.CONSUMED, "", "encoder");
    }

    @Test
    void whatCouldNotBeJudgedIsJudgedSoonAfter() {
        at.tablesKnown(false);
        at.pass(MOMENT);
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertKept();
        at.tablesKnown(true);
        at.pass(ClaimLifecycleProcessor.TICK);
        assertReleased(Reason.CONSUMED, "");
    }

    @Test
    void theClaimsOfANamespaceThatIsGoneAreForgotten() {
        at.published(claim, "clips");
        at.deleteNamespace();
        assertKept();
        at.pass(ClaimState.NAMESPACE_GONE);
        at.pass(ClaimLifecycleProcessor.RESCAN.plusSeconds(1));
        assertThat(at.claimsFollowed()).isZero();
        assertThat(at.released()).isEmpty();
    }

    @Test
    void aRestartedTopologyFindsWhatWaits() {
        // Given
        at.subscribe("slow", "clips");
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        Map<String, ClaimState> kept = at.states();
        at.close();

        // When: the subscription goes while nothing runs
        at = new Harness(state.resolve("second"));
        at.restore(kept);
        at.settle();

        // Then
        assertThat(at.released()).extracting(ClaimRelease::claim).containsExactly(claim);
        assertThat(at.claimsFollowed()).isZero();
    }

    @Test
    void manyWaitingClaimsAreJudgedInSlices() {
        int claims = 3 * ClaimLifecycleProcessor.SLICE + 7;
        at.subscribe("slow", "clips");
        for (int i = 0; i < claims; i++) {
            ClaimKey each = at.claim(i);
            at.published(each, "clips");
            at.acknowledged(each, "");
        }
        at.unsubscribe("slow");
        at.pass(ClaimLifecycleProcessor.TICK);
        List<ClaimRelease> first = at.released();
        assertThat(first).hasSizeBetween(1, ClaimLifecycleProcessor.SLICE);
        for (int i = 0; i < 6; i++) {
            at.pass(ClaimLifecycleProcessor.TICK);
        }
        assertThat(at.released()).hasSize(claims - first.size());
        assertThat(at.claimsFollowed()).isZero();
    }

    @Test
    void anEventThatCannotBeReadIsSkipped() {
        at.sendRaw(claim.toString(), "{\"type\":\"eaten\"}".getBytes(UTF_8));
        at.published(claim, "clips");
        at.acknowledged(claim, "");
        assertReleased(Reason.CONSUMED, "");
    }
}
