package io.prism.standalone;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.embedded.ServerPorts;
import io.prism.streams.StreamsAppsConfig;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The ports of one run. A port that was asked for is used or refused; otherwise the one this data
 * folder had before, then the usual one, then any that is free.
 */
public record Ports(Map<Port, Integer> numbers) {

    /** What listens, and where it usually does. */
    public enum Port {
        GRPC(GatewayConfig.GRPC_PORT, "Gateway, gRPC"),
        ADMIN(GatewayConfig.ADMIN_PORT, "Gateway, admin"),
        HTTP(GatewayConfig.HTTP_PORT, "Gateway, HTTP"),
        STREAMS_HTTP(StreamsAppsConfig.HTTP_PORT, "Streams, HTTP"),
        KAFKA(9092, "Kafka"),
        KAFKA_CONTROLLER(0, "Kafka controller"),
        POSTGRES(5432, "PostgreSQL"),
        REDIS(6379, "Redis"),
        S3(9000, "S3"),
        CONNECT(8083, "Connect");

        private final int usual;
        private final String title;

        Port(int usual, String title) {
            this.usual = usual;
            this.title = title;
        }

        /** 0 where nobody needs to know the number. */
        public int usual() {
            return usual;
        }

        public String title() {
            return title;
        }

        private String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Ports {
        numbers = Map.copyOf(numbers);
    }

    /** To ask for any free port everywhere. */
    static Map<Port, Integer> anyFree() {
        return Arrays.stream(Port.values()).collect(Collectors.toMap(p -> p, p -> 0));
    }

    /**
     * @param asked what the user insists on; 0 is any free one
     * @param before this folder's ports of an earlier run, as {@link #toProperties} gave them
     */
    static Ports choose(Map<Port, Integer> asked, Properties before) {
        var chosen = new EnumMap<Port, Integer>(Port.class);
        Set<Integer> used = new HashSet<>();
        for (Port port : Port.values()) {
            Integer number = asked.get(port);
            if (number != null && number != 0) {
                if (!used.add(number) || !ServerPorts.isFree(number)) {
                    throw taken(port, number);
                }
                chosen.put(port, number);
            }
        }
        Deque<Integer> spare = new ArrayDeque<>(ServerPorts.free(Port.values().length));
        for (Port port : Port.values()) {
            if (!chosen.containsKey(port)) {
                int number =
                        candidates(port, asked, before).stream()
                                .filter(n -> !used.contains(n) && ServerPorts.isFree(n))
                                .findFirst()
                                .orElseGet(spare::removeFirst);
                used.add(number);
                chosen.put(port, number);
            }
        }
        return new Ports(chosen);
    }

    private static List<Integer> candidates(
            Port port, Map<Port, Integer> asked, Properties before) {
        if (asked.containsKey(port)) {
            return List.of();
        }
        var candidates = new ArrayList<Integer>();
        parse(before.getProperty(port.key())).ifPresent(candidates::add);
        if (port.usual() != 0) {
            candidates.add(port.usual());
        }
        return candidates;
    }

    private static Optional<Integer> parse(@Nullable String text) {
        return Optional.ofNullable(text)
                .filter(t -> t.matches("[0-9]{1,5}"))
                .map(Integer::valueOf)
                .filter(n -> n > 0 && n < 65536);
    }

    private static PrismException taken(Port port, int number) {
        return new PrismException(
                        ErrorCode.CONFIGURATION_INVALID,
                        "port "
                                + number
                                + ", asked for as "
                                + port.title()
                                + ", is taken; give another one, or none to let Prism choose")
                .with("port", number);
    }

    public int of(Port port) {
        Integer number = numbers.get(port);
        if (number == null) {
            throw new IllegalStateException("no port was chosen for " + port);
        }
        return number;
    }

    ServerPorts servers() {
        return new ServerPorts(
                of(Port.KAFKA),
                of(Port.KAFKA_CONTROLLER),
                of(Port.POSTGRES),
                of(Port.REDIS),
                of(Port.S3));
    }

    Properties toProperties() {
        var properties = new Properties();
        numbers.forEach((port, number) -> properties.setProperty(port.key(), number.toString()));
        return properties;
    }
}
