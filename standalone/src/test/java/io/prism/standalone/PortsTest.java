package io.prism.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prism.core.error.PrismException;
import io.prism.standalone.Ports.Port;
import io.prism.standalone.embedded.ServerPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class PortsTest {
    @Test
    void thePortsOfTheRunBeforeAreUsedAgain() {
        Ports before = Ports.choose(Ports.anyFree(), new Properties());

        Ports after = Ports.choose(Map.of(), before.toProperties());

        assertThat(after).isEqualTo(before);
    }

    @Test
    void aPortOfTheRunBeforeThatIsTakenIsReplaced() throws IOException {
        Ports before = Ports.choose(Ports.anyFree(), new Properties());
        try (var taken = listenOn(before.of(Port.KAFKA))) {
            Ports after = Ports.choose(Map.of(), before.toProperties());

            assertThat(after.of(Port.KAFKA)).isNotEqualTo(taken.getLocalPort());
            assertThat(after.of(Port.REDIS)).isEqualTo(before.of(Port.REDIS));
        }
    }

    @Test
    void aPortThatWasAskedForIsUsedOrRefused() throws IOException {
        int free = ServerPorts.free(1).getFirst();
        assertThat(Ports.choose(asking(Port.GRPC, free), new Properties()).of(Port.GRPC))
                .isEqualTo(free);

        try (var taken = listenOn(0)) {
            assertThatThrownBy(
                            () ->
                                    Ports.choose(
                                            asking(Port.S3, taken.getLocalPort()),
                                            new Properties()))
                    .isInstanceOf(PrismException.class)
                    .hasMessageContaining(String.valueOf(taken.getLocalPort()))
                    .hasMessageContaining("S3");
        }
    }

    @Test
    void noTwoGetTheSamePort() {
        var before = new Properties();
        int one = ServerPorts.free(1).getFirst();
        before.setProperty("kafka", String.valueOf(one));
        before.setProperty("redis", String.valueOf(one));

        Ports ports = Ports.choose(Map.of(), before);

        assertThat(ports.numbers().values()).doesNotHaveDuplicates();
    }

    @Test
    void nonsenseInTheFolderIsIgnored() {
        var before = new Properties();
        before.setProperty("kafka", "many");
        before.setProperty("redis", "99999");

        assertThat(Ports.choose(Map.of(), before).numbers()).hasSize(Port.values().length);
    }

    private static Map<Port, Integer> asking(Port port, int number) {
        var asked = new HashMap<>(Ports.anyFree());
        asked.put(port, number);
        return asked;
    }

    private static ServerSocket listenOn(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.ofLiteral("127.0.0.1"));
    }
}
