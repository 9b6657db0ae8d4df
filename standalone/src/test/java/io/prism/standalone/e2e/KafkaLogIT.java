package io.prism.standalone.e2e;

import io.prism.gateway.backend.LogBackend;
import io.prism.gateway.backend.LogBackendContract;
import io.prism.gateway.backend.kafka.KafkaLog;
import io.prism.gateway.backend.kafka.KafkaSettings;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

final class KafkaLogIT extends LogBackendContract {
    @SuppressWarnings("NullAway.Init")
    private static KafkaLog log;

    @BeforeAll
    static void connect() {
        log =
                new KafkaLog(
                        new KafkaSettings(
                                SharedPrism.get().servers().kafkaBootstrap(),
                                "contract",
                                Duration.ofSeconds(30)));
    }

    @AfterAll
    static void disconnect() {
        log.close();
    }

    @Override
    protected LogBackend backend() {
        return log;
    }
}
