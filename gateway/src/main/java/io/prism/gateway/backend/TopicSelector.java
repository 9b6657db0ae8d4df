package io.prism.gateway.backend;

import java.util.regex.Pattern;

/** Which topics a reader follows, by their names in the log. */
public sealed interface TopicSelector {
    boolean matches(String topic);

    record Exact(String topic) implements TopicSelector {
        @Override
        public boolean matches(String candidate) {
            return topic.equals(candidate);
        }
    }

    /** All topics whose whole name matches, also those made later. */
    record Matching(Pattern pattern) implements TopicSelector {
        @Override
        public boolean matches(String candidate) {
            return pattern.matcher(candidate).matches();
        }
    }
}
