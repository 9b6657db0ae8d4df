package io.prism.bench;

import io.grpc.StatusRuntimeException;
import io.prism.bench.load.Refusals;
import io.prism.bench.report.Machine;
import io.prism.bench.report.Outcome;
import io.prism.bench.report.Report;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** One run: checks what it is pointed at, runs the scenarios, and removes what it made. */
final class BenchRun {
    private static final Duration REACHABLE_WITHIN = Duration.ofSeconds(10);

    private final Targets targets;
    private final Settings settings;
    private final boolean allowRemote;
    private final Clock clock;
    private final Progress progress;

    BenchRun(
            Targets targets,
            Settings settings,
            boolean allowRemote,
            Clock clock,
            Progress progress) {
        this.targets = targets;
        this.settings = settings;
        this.allowRemote = allowRemote;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * Runs the scenarios in that order.
     *
     * @throws BenchException if nothing was measured: a target is remote or missing, or (as {@link
     *     UnreachableException}) does not answer
     */
    Report run(List<Scenario> scenarios) throws InterruptedException {
        if (targets.s3().isEmpty() && scenarios.stream().anyMatch(Scenario::needsS3)) {
            throw new BenchException(
                    "some scenarios need --s3-endpoint, --s3-access-key and --s3-secret-key (or"
                            + " PRISM_S3_ENDPOINT, PRISM_S3_ACCESS_KEY, PRISM_S3_SECRET_KEY; see"
                            + " prism env)");
        }
        if (targets.database().isEmpty() && scenarios.stream().anyMatch(Scenario::needsDatabase)) {
            throw new BenchException(
                    "some scenarios need --postgres-url and --connect-url (or PRISM_POSTGRES_URL and"
                            + " PRISM_CONNECT_URL; see prism env)");
        }
        if (targets.redis().isEmpty() && scenarios.stream().anyMatch(Scenario::needsRedis)) {
            throw new BenchException(
                    "some scenarios need --redis-url (or PRISM_REDIS_URL; see prism env)");
        }
        if (!allowRemote && !targets.remote().isEmpty()) {
            throw notLocal(String.join(", ", targets.remote()));
        }
        Instant begin = clock.instant();
        String runId = Long.toString(begin.toEpochMilli(), Character.MAX_RADIX);
        Workspace workspace = new Workspace(targets, settings, runId, progress::say);
        Thread interrupted = Thread.ofPlatform().unstarted(workspace::close);
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            checkReachable(workspace);
            List<Outcome> outcomes = new ArrayList<>();
            for (Scenario scenario : scenarios) {
                progress.say(scenario.name() + ": " + scenario.measures());
                outcomes.add(
                        new Rounds(scenario, settings.timing(), progress)
                                .run(scenario.prism(workspace), scenario.baseline(workspace)));
            }
            return new Report(begin, Machine.current(), settings.timing().toString(), outcomes);
        } finally {
            workspace.close();
            forget(interrupted);
        }
    }

    private void checkReachable(Workspace workspace) throws InterruptedException {
        try {
            workspace.prism().checkReachable(REACHABLE_WITHIN);
        } catch (StatusRuntimeException e) {
            throw new UnreachableException(
                    "Prism's admin port does not answer at "
                            + targets.admin()
                            + " ("
                            + Refusals.of(e)
                            + "); start it with 'prism up', or give --admin",
                    e);
        }
        try {
            Optional<String> remote = workspace.topics().remoteBroker();
            if (!allowRemote && remote.isPresent()) {
                throw notLocal("Kafka broker " + remote.get());
            }
        } catch (ExecutionException e) {
            throw new UnreachableException(
                    "Kafka does not answer at " + targets.kafka() + " (" + e.getCause() + ")", e);
        }
    }

    private static BenchException notLocal(String what) {
        return new BenchException(
                "not on this machine: "
                        + what
                        + ". A benchmark loads what it is pointed at; say --allow-remote if that"
                        + " is meant");
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException _) {
            // The JVM is going down already: the hook runs, and finds nothing left to remove.
        }
    }
}
