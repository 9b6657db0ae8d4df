package io.prism.topologies.claimlifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import io.prism.core.spec.NamespaceDocuments;
import io.prism.core.spec.NamespaceName;
import io.prism.core.spec.NamespaceSpec;
import io.prism.core.table.StoredSubscription;
import io.prism.topologies.claimlifecycle.Audience.Terms;
import io.prism.v1.AckMode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AudienceReaderTest {
    private static final Instant MADE = Instant.parse("2026-11-22T10:00:00Z");
    private static final NamespaceName VIDEOS = new NamespaceName("videos");

    private static NamespaceSpec namespace(String name, String patterns) {
        return new NamespaceDocuments(List.of())
                .read(
                        """
                        namespaces:
                          - name: %s
                            client_api: pubsub
                            patterns: %s
                            backend: kafka
                        """
                                .formatted(name, patterns))
                .plans()
                .getFirst()
                .spec();
    }

    private static String subscription(String topic) {
        return new StoredSubscription(topic, AckMode.ACK_MODE_EXPLICIT, MADE).toJson();
    }

    private static Terms videos(String patterns, Map<String, String> subscriptions) {
        Terms terms =
                AudienceReader.terms(List.of(namespace("videos", patterns)), subscriptions)
                        .get(VIDEOS);
        assertThat(terms).isNotNull();
        return java.util.Objects.requireNonNull(terms);
    }

    @Test
    void whoIsOwedFollowsFromTopicsWildcardsAndTime() {
        Terms terms =
                videos(
                        "[{type: claim-check}]",
                        Map.of(
                                "videos/exact", subscription("clips.new"),
                                "videos/level", subscription("clips.*"),
                                "videos/all", subscription(">"),
                                "videos/other", subscription("stills.>"),
                                "images/exact", subscription("clips.new")));
        assertThat(terms.owed("clips.new", MADE)).containsExactly("all", "exact", "level");
        assertThat(terms.owed("clips.new.hd", MADE)).containsExactly("all");
        assertThat(terms.owed("clips.new", MADE.minusNanos(1))).isEmpty();
        assertThat(terms.ttl()).contains(Duration.ofDays(7));
    }

    @Test
    void rehydrationIsOwedEveryTopicOfANamespaceThatRehydrates() {
        Terms terms = videos("[{type: claim-check, rehydrate: true}]", Map.of());
        assertThat(terms.owed("clips.new", MADE)).containsExactly("@rehydration");
    }

    @Test
    void onlyNamespacesThatDeleteOnConsumptionHaveTerms() {
        Map<NamespaceName, Terms> terms =
                AudienceReader.terms(
                        List.of(
                                namespace("a", "[{type: claim-check, cleanup: {strategy: ttl}}]"),
                                namespace("b", "[]"),
                                namespace("videos", "[{type: claim-check}]")),
                        Map.of());
        assertThat(terms).containsOnlyKeys(VIDEOS);
    }

    @Test
    void whatCannotBeReadIsWaitedFor() {
        Terms terms = videos("[{type: claim-check}]", Map.of("videos/odd", "{\"version\":\"9\"}"));
        assertThat(terms.owed("clips", Instant.EPOCH)).containsExactly("odd");
    }
}
