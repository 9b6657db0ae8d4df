package io.prism.core.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.database.DatabaseConfig.Server;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DatabaseUrlTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://me:s%40c+ret@db:5432/orders?sslmode=require",
                "postgres://me:s%40c+ret@db:5432/orders?sslmode=require",
                "jdbc:postgresql://me:s%40c+ret@db:5432/orders?sslmode=require",
            })
    void aUrlIsTakenApartHoweverItIsWritten(String text) {
        DatabaseUrl url = DatabaseUrl.parse(text);
        assertThat(url.url()).isEqualTo("postgresql://db:5432/orders?sslmode=require");
        assertThat(url.user()).contains("me");
        assertThat(url.password()).contains("s@c+ret");
        assertThat(url.toString()).doesNotContain("s@c");
        assertThat(url.server(Optional.empty(), Optional.empty()).toString())
                .isEqualTo("postgresql://db:5432/orders?sslmode=require as me");
    }

    @Test
    void whatStandsBesideTheUrlWins() {
        Server server =
                DatabaseUrl.parse("postgresql://a:b@db/orders")
                        .server(Optional.of("c"), Optional.of("d"));
        assertThat(server).isEqualTo(new Server("postgresql://db/orders", "c", "d"));
        assertThat(
                        DatabaseUrl.parse("postgresql://h1:1,h2:2/orders")
                                .server(Optional.empty(), Optional.empty()))
                .isEqualTo(new Server("postgresql://h1:1,h2:2/orders", "postgres", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "db:5432/orders",
                "postgresql://hunter2@db",
                "postgresql://u:hunter2@db:5432/",
                "mysql://u:hunter2@db/orders",
                "postgresql://db/orders?user=u&password=hunter2",
                "postgresql://u:hunter%2@db/orders",
                "postgresql://u:p@hunter2@db/orders",
            })
    void whatIsRefusedIsNotRepeated(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(DatabaseUrl.EXPECTED);
    }

    @Test
    void anEmbeddedDatabaseIsBesideTheDefaultOne() {
        DatabaseConfig config =
                new DatabaseConfig(
                        Map.of(
                                DatabaseConfig.DEFAULT,
                                new Server("postgresql://h:1/postgres?ssl=false", "u", "p")),
                        true,
                        1);
        try (Databases databases = new Databases(config, "test")) {
            assertThat(databases.server("orders_db").url())
                    .isEqualTo("postgresql://h:1/orders_db?ssl=false");
        }
    }
}
