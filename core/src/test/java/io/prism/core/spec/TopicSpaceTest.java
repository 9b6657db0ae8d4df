package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicSpaceTest {

    @Test
    void a_topic_is_named_under_the_prefix_and_back() {
        TopicSpace space = prefixed("video");
        assertThat(space.kafkaTopic("uploads.eu")).isEqualTo("video.uploads.eu");
        assertThat(space.topicOf("video.uploads.eu")).contains("uploads.eu");
        assertThat(space.topicOf("videos.uploads")).isEmpty();
        assertThat(space.topicOf("video")).isEmpty();
        assertThat(space.onlyTopic()).isEmpty();
    }

    @Test
    void derived_topics_are_nobodys_name() {
        assertThat(prefixed("video").topicOf("video.uploads.dlq")).isEmpty();
        assertThat(prefixed("video").topicOf("video.uploads.rehydrated")).isEmpty();
        assertThat(fixed("videos").topicOf("videos.dlq")).isEmpty();
    }

    @Test
    void a_fixed_topic_is_the_only_one() {
        TopicSpace space = fixed("videos");
        assertThat(space.kafkaTopic("videos")).isEqualTo("videos");
        assertThat(space.topicOf("videos")).contains("videos");
        assertThat(space.onlyTopic()).contains("videos");
        assertThatThrownBy(() -> space.kafkaTopic("other"))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> {
                            assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_NOT_IN_NAMESPACE);
                            assertThat(e.field()).isEqualTo("topic");
                            assertThat(e)
                                    .hasMessageContaining("other")
                                    .hasMessageContaining("videos");
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "a..b",
                ".a",
                "a.",
                "a b",
                "ä",
                "a/b",
                "a\u0000",
                "a.*",
                ">",
                "orders.dlq",
                "orders.rehydrated",
                "dlq",
                "rehydrated"
            })
    void an_illegal_topic_is_refused_and_named(String topic) {
        assertThatThrownBy(() -> prefixed("shop").kafkaTopic(topic))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_INVALID))
                .hasMessageContaining("Allowed");
    }

    @Test
    void a_topic_must_leave_room_for_derived_names() {
        assertThat(prefixed("s").kafkaTopic("x".repeat(236))).hasSize(238);
        assertThatThrownBy(() -> prefixed("s").kafkaTopic("x".repeat(237)))
                .hasMessageContaining("239 characters, at most 238")
                .message()
                .hasSizeLessThan(400);
    }

    @ParameterizedTest
    @CsvSource({
        "a.*,     a.b,     true",
        "a.*,     a.b.c,   false",
        "a.*,     a,       false",
        "a.>,     a.b,     true",
        "a.>,     a.b.c,   true",
        "a.>,     a,       false",
        "a.>,     ab.c,    false",
        ">,       a.b.c,   true",
        "*,       a,       true",
        "*,       a.b,     false",
        "*.x.>,   a.x.b.c, true",
        "a.*.c,   a.b.c,   true",
        "a.*.c,   a.b.d,   false",
        "a.b,     a.b,     true",
        "a.b,     axb,     false",
    })
    void wildcards_match_levels(String wildcard, String topic, boolean matches) {
        assertThat(prefixed("n").matcher(wildcard).test(topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a*", "a.b*", ">.a", "a.>.b", "a>", "**", "a..*", ".>", "*.", "a. *"})
    void a_malformed_wildcard_is_refused(String wildcard) {
        assertThatThrownBy(() -> prefixed("n").matcher(wildcard))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_INVALID));
    }

    @Test
    void a_wildcard_over_a_fixed_topic_may_match_it_and_another_name_may_not() {
        assertThat(fixed("videos").matcher(">").test("videos")).isTrue();
        assertThatThrownBy(() -> fixed("videos").matcher("other"))
                .isInstanceOfSatisfying(
                        PrismException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.TOPIC_NOT_IN_NAMESPACE));
    }

    @Test
    void spaces_that_could_share_a_topic_overlap_in_both_directions() {
        assertOverlap(prefixed("a"), prefixed("a"), true);
        assertOverlap(prefixed("a"), prefixed("a.b"), true);
        assertOverlap(prefixed("a"), prefixed("ab"), false);
        assertOverlap(prefixed("a"), prefixed("b"), false);
        assertOverlap(fixed("a.b"), prefixed("a"), true);
        assertOverlap(fixed("a"), prefixed("a"), true);
        assertOverlap(fixed("ab"), prefixed("a"), false);
        assertOverlap(fixed("a"), prefixed("a.b"), false);
        assertOverlap(fixed("a"), fixed("a"), true);
        assertOverlap(fixed("a"), fixed("b"), false);
        assertOverlap(fixed("a.b"), fixed("a_b"), true);
        assertOverlap(prefixed("a.b"), prefixed("a_b"), true);
    }

    private static void assertOverlap(TopicSpace a, TopicSpace b, boolean expected) {
        assertThat(a.overlaps(b)).as("%s and %s", a, b).isEqualTo(expected);
        assertThat(b.overlaps(a)).as("%s and %s", b, a).isEqualTo(expected);
    }

    private static TopicSpace prefixed(String prefix) {
        return space(Optional.empty(), prefix);
    }

    private static TopicSpace fixed(String topic) {
        return space(Optional.of(topic), "unused");
    }

    private static TopicSpace space(Optional<String> topic, String prefix) {
        return TopicSpace.of(
                new BackendSpec.Kafka(
                        List.of(), topic, prefix, 4, Optional.empty(), Optional.empty()));
    }
}
