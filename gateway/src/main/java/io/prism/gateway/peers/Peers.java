package io.prism.gateway.peers;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.prism.gateway.table.StateTable;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which gateways there are and where. A gateway that was killed stays in the table until another
 * one takes its address; calls to it fail, which is what they should do. Thread-safe.
 */
public final class Peers implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Peers.class);

    private static final int CONNECT_MILLIS = 2_000;

    private final String name;
    private final StateTable table;
    private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();
    private final AtomicReference<@Nullable String> joined = new AtomicReference<>();

    /**
     * @param name this gateway's, different for every start
     */
    public Peers(String name, StateTable table) {
        this.name = name;
        this.table = table;
    }

    /** Tells the others where this gateway is reached, {@code host:port}; blocks. */
    public void join(String address) {
        table.update(
                current -> {
                    Map<String, Optional<String>> changes = new HashMap<>();
                    current.forEach(
                            (other, at) -> {
                                if (at.equals(address)) {
                                    changes.put(other, Optional.empty());
                                }
                            });
                    changes.put(name, Optional.of(address));
                    return changes;
                });
        joined.set(address);
    }

    /** A channel to another gateway; empty if it is not there any more. */
    public Optional<ManagedChannel> channel(String gateway) {
        return table.get(gateway).map(this::connect);
    }

    /** Channels to all other gateways by their names, in the names' order. */
    public SortedMap<String, ManagedChannel> others() {
        SortedMap<String, ManagedChannel> others = new TreeMap<>();
        table.snapshot()
                .forEach(
                        (gateway, address) -> {
                            if (!gateway.equals(name)) {
                                others.put(gateway, connect(address));
                            }
                        });
        return others;
    }

    /** This gateway's name. */
    public String name() {
        return name;
    }

    /** A channel that fails to connect fails calls at once until it tries again. */
    private ManagedChannel connect(String address) {
        return channels.computeIfAbsent(
                address,
                at ->
                        NettyChannelBuilder.forTarget(at)
                                .usePlaintext()
                                .directExecutor()
                                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                                .build());
    }

    /** Takes this gateway out of the table; blocks. Idempotent. */
    @Override
    public void close() {
        if (joined.getAndSet(null) != null) {
            try {
                table.update(current -> Map.of(name, Optional.empty()));
            } catch (RuntimeException e) {
                log.atWarn()
                        .setMessage("this gateway could not be taken out of the table of gateways")
                        .setCause(e)
                        .log();
            }
        }
        channels.values().forEach(ManagedChannel::shutdownNow);
        table.close();
    }
}
