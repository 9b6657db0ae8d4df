package io.prism.standalone.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The embedded broker's settings. */
final class KafkaSettings {
    static final int NODE = 1;
    static final String CONTROLLER = "CONTROLLER";
    private static final String BROKER = "BROKER";

    /** A unary publish may carry 64 MiB; the rest is for headers. */
    private static final int LARGEST_MESSAGE = 65 << 20;

    private KafkaSettings() {}

    /**
     * @param crashed the last broker on this folder did not say good-bye, so that the controller
     *     keeps its registration for a session timeout, which is then made short
     */
    static Map<String, Object> of(Path folder, int port, int controllerPort, boolean crashed) {
        var c = new HashMap<String, Object>();
        c.put("process.roles", "broker,controller");
        c.put("node.id", String.valueOf(NODE));
        c.put(
                "listeners",
                "%s://127.0.0.1:%d,%s://127.0.0.1:%d"
                        .formatted(BROKER, port, CONTROLLER, controllerPort));
        c.put("advertised.listeners", "%s://127.0.0.1:%d".formatted(BROKER, port));
        c.put("listener.security.protocol.map", BROKER + ":PLAINTEXT," + CONTROLLER + ":PLAINTEXT");
        c.put("inter.broker.listener.name", BROKER);
        c.put("controller.listener.names", CONTROLLER);
        // A static quorum: the controller's port may be another one at the next start.
        c.put("controller.quorum.voters", NODE + "@127.0.0.1:" + controllerPort);
        c.put("log.dirs", folder.toString());
        c.put("auto.create.topics.enable", "false");
        c.put("message.max.bytes", String.valueOf(LARGEST_MESSAGE));
        for (String internal :
                List.of(
                        "offsets.topic",
                        "transaction.state.log",
                        "share.coordinator.state.topic")) {
            c.put(internal + ".replication.factor", "1");
            c.put(internal + ".num.partitions", "4");
        }
        c.put("transaction.state.log.min.isr", "1");
        c.put("share.coordinator.state.topic.min.isr", "1");
        groups(c);
        c.put("broker.heartbeat.interval.ms", "500");
        c.put("broker.session.timeout.ms", crashed ? "2000" : "9000");
        threadsAndMemory(c);
        retention(c);
        return c;
    }

    /** A group of few members on one machine need not wait for others to join. */
    private static void groups(Map<String, Object> c) {
        c.put("group.initial.rebalance.delay.ms", "0");
        c.put("group.streams.initial.rebalance.delay.ms", "0");
        // What a killed process had goes to another one soon.
        c.put("group.consumer.min.session.timeout.ms", "6000");
        c.put("group.consumer.session.timeout.ms", "6000");
        for (String group : List.of("share", "consumer", "streams")) {
            c.put("group." + group + ".min.heartbeat.interval.ms", "500");
            c.put("group." + group + ".heartbeat.interval.ms", "500");
            c.put("group." + group + ".assignment.interval.ms", "0");
        }
    }

    private static void threadsAndMemory(Map<String, Object> c) {
        c.put("num.network.threads", "2");
        c.put("num.io.threads", "4");
        c.put("num.recovery.threads.per.data.dir", "2");
        c.put("log.cleaner.dedupe.buffer.size", String.valueOf(8 << 20));
    }

    /** A week, as on a cluster; in segments small enough that a week's data goes piece by piece. */
    private static void retention(Map<String, Object> c) {
        c.put("log.retention.hours", "168");
        c.put("log.segment.bytes", String.valueOf(256 << 20));
    }
}
