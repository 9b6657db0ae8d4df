package io.prism.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class TopicSpacePropertyTest {

    @Property
    void kafka_topics_map_back_to_the_caller_s_topic(
            @ForAll("topics") String prefix, @ForAll("topics") String topic) {
        TopicSpace space = space(prefix);
        assertThat(space.topicOf(space.kafkaTopic(topic))).contains(topic);
    }

    @Property
    void spaces_that_do_not_overlap_share_no_topic(
            @ForAll("topics") String a,
            @ForAll("topics") String b,
            @ForAll("topics") String topic) {
        if (!space(a).overlaps(space(b))) {
            assertThat(space(b).topicOf(space(a).kafkaTopic(topic))).isEmpty();
        }
    }

    @Provide
    Arbitrary<String> topics() {
        return Arbitraries.strings()
                .withChars("ab_-1")
                .ofMinLength(1)
                .ofMaxLength(3)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3)
                .map(levels -> String.join(".", levels))
                .filter(topic -> !topic.startsWith("__"));
    }

    private static TopicSpace space(String prefix) {
        return TopicSpace.of(
                new BackendSpec.Kafka(
                        List.of(),
                        Optional.empty(),
                        prefix,
                        4,
                        Optional.empty(),
                        Optional.empty()));
    }
}
