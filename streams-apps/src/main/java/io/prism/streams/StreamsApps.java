package io.prism.streams;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prism.core.claim.ClaimStores;
import io.prism.core.claim.S3ClaimStores;
import io.prism.core.database.Databases;
import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.id.TimeOrderedIds;
import io.prism.core.trace.Traces;
import io.prism.streams.claims.ClaimLifecycleRole;
import io.prism.streams.connectors.ConnectorsRole;
import io.prism.streams.http.StreamsHttp;
import io.prism.streams.outbox.OutboxRelayRole;
import io.prism.streams.rehydration.RehydrationRole;
import io.prism.streams.role.Parts;
import io.prism.streams.role.Role;
import io.prism.streams.role.RoleContext;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running streams process: the composition root. Thread-safe. */
public final class StreamsApps implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StreamsApps.class);

    /** A database that does not answer for that long is not there. */
    private static final Duration LONGEST_STATEMENT = Duration.ofMinutes(1);

    private final Parts parts = new Parts();
    private final List<Role> roles = new ArrayList<>();
    private final CompletableFuture<String> gaveUp = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final PrometheusMeterRegistry meters;
    private final StreamsHttp http;

    /** How each role is made, by name. */
    private static Map<String, Function<RoleContext, Role>> known() {
        Map<String, Function<RoleContext, Role>> known = new TreeMap<>();
        known.put(ClaimLifecycleRole.NAME, ClaimLifecycleRole::new);
        known.put(ConnectorsRole.NAME, ConnectorsRole::new);
        known.put(OutboxRelayRole.NAME, OutboxRelayRole::new);
        known.put(RehydrationRole.NAME, RehydrationRole::new);
        return known;
    }

    /** The roles there are. */
    public static List<String> roleNames() {
        return List.copyOf(known().keySet());
    }

    /**
     * Starts the roles and returns when all have reached what they need; throws PrismException
     * naming what cannot be reached.
     */
    public static StreamsApps start(StreamsAppsConfig config) {
        return start(config, Traces.OFF);
    }

    /**
     * The same.
     *
     * @param traces where spans go; whoever starts this closes what they go to, later
     */
    public static StreamsApps start(StreamsAppsConfig config, Traces traces) {
        return new StreamsApps(config, traces);
    }

    private StreamsApps(StreamsAppsConfig config, Traces traces) {
        try {
            Clock clock = Clock.systemUTC();
            meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            parts.closing(meters::close);
            ClaimStores claims =
                    parts.own(
                            new S3ClaimStores(
                                    config.claims(),
                                    new TimeOrderedIds(clock, new SecureRandom()),
                                    clock));
            RoleContext context =
                    new RoleContext(
                            config.kafkaBootstrap(),
                            config.databases().embedded(),
                            claims,
                            parts.own(
                                    new Databases(
                                            config.databases(),
                                            "prism-streams",
                                            Optional.of(LONGEST_STATEMENT))),
                            config.connectors(),
                            meters,
                            traces,
                            clock,
                            config.state());
            for (String name : config.roles()) {
                roles.add(parts.own(make(name, context)));
            }
            http =
                    parts.own(
                            new StreamsHttp(
                                    config.host(),
                                    config.httpPort(),
                                    meters::scrape,
                                    this::problems,
                                    () -> gaveUp.getNow("")));
            for (Role role : roles) {
                role.gaveUp().thenAccept(gaveUp::complete);
                role.start();
            }
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
        log.atInfo()
                .setMessage("streams process runs")
                .addKeyValue("roles", config.roles())
                .addKeyValue("http", httpPort())
                .log();
    }

    private static Role make(String name, RoleContext context) {
        Function<RoleContext, Role> role = known().get(name);
        if (role == null) {
            throw new PrismException(
                            ErrorCode.CONFIGURATION_INVALID,
                            "there is no role "
                                    + name
                                    + "; there are "
                                    + String.join(", ", roleNames()))
                    .with("role", name);
        }
        return role.apply(context);
    }

    /** By role: why it does not do its work right now; empty when it does. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        roles.forEach(role -> problems.put(role.name(), role.problem()));
        return problems;
    }

    /**
     * Completes with a sentence when a role has failed for good: the process is to be restarted.
     */
    public CompletableFuture<String> gaveUp() {
        return gaveUp;
    }

    public int httpPort() {
        return http.port();
    }

    /** Stops within seconds. Idempotent; blocks. */
    @Override
    public void close() {
        if (stopping.compareAndSet(false, true)) {
            parts.close();
            log.atInfo().setMessage("streams process stopped").log();
        }
    }
}
