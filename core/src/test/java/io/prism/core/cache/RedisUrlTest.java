package io.prism.core.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RedisUrlTest {
    @Test
    void credentials_are_taken_out_and_shown_nowhere() {
        // When
        RedisUrl url = RedisUrl.parse(" rediss://user:p%40ss@redis.example:6380/2 ");

        // Then
        assertThat(url)
                .hasToString("rediss://redis.example:6380/2")
                .isEqualTo(
                        new RedisUrl(
                                "rediss://redis.example:6380/2",
                                Optional.of("user"),
                                Optional.of("p@ss")));
        assertThat(url.server(Optional.empty(), Optional.of("other")))
                .isEqualTo(new RedisConfig.Server("rediss://redis.example:6380/2", "user", "other"))
                .hasToString("rediss://redis.example:6380/2");
    }

    @Test
    void a_password_needs_no_user() {
        assertThat(RedisUrl.parse("redis://:secret@localhost").password()).contains("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:6379", "http://x", "redis://", "redis://a:b:c", "redis://h/x"})
    void anything_else_is_refused_without_being_repeated(String text) {
        assertThatThrownBy(() -> RedisUrl.parse(text)).hasMessage(RedisUrl.EXPECTED);
    }
}
