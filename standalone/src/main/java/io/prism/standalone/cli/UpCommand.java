package io.prism.standalone.cli;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;
import io.prism.core.trace.Traces;
import io.prism.standalone.Addresses;
import io.prism.standalone.DataFolder;
import io.prism.standalone.Ports.Port;
import io.prism.standalone.PrismStandalone;
import io.prism.standalone.embedded.EmbeddedServers;
import io.prism.standalone.logging.Logging;
import io.prism.standalone.tracing.Tracing;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts everything embedded and stays until it is told to stop or a server ends. */
@Command(
        name = "up",
        mixinStandardHelpOptions = true,
        description = {
            "Starts Kafka, PostgreSQL, Redis, an S3 endpoint, the gateway, the topologies and a"
                    + " Connect worker, all on 127.0.0.1, and stays. Data survives restarts and"
                    + " crashes.",
            "A port that is taken is replaced by a free one, unless it was asked for; the ports a"
                    + " data folder had are used again."
        },
        footer = {
            "",
            "Examples:",
            "  prism up",
            "  prism up --data /var/lib/prism --namespaces orders.yaml",
            "  prism up --grpc-port 18980"
        })
final class UpCommand implements Callable<Integer> {
    private static final Duration LONG_START = Duration.ofSeconds(15);
    private static final Duration STOP_WITHIN = Duration.ofMillis(9500);

    @Spec private CommandSpec spec;
    @Mixin private DataOption data;

    @Option(
            names = "--namespaces",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Namespace documents to create once everything runs.")
    private List<Path> namespaces = List.of();

    @Mixin private PortOptions ports;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "INFO",
            description =
                    "Of Prism's own log: ERROR, WARN, INFO, DEBUG. Default: ${DEFAULT-VALUE}.")
    private String logLevel;

    @Option(
            names = "--no-color",
            description = "No colours; NO_COLOR in the environment does the same.")
    private boolean noColor;

    @Option(
            names = "--train",
            hidden = true,
            description = "Start, do a little of everything, stop.")
    private boolean train;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    UpCommand() {}

    @Override
    public Integer call() {
        var screen = new Screen(spec.commandLine().getOut(), Screen.coloursWanted(noColor));
        List<NamespaceFiles.Document> documents = NamespaceFiles.read(namespaces);
        Path path = data.path();
        DataFolder folder = DataFolder.take(path, Instant.now());
        Logging.toFolder(folder.logs(), logLevel);
        try (Tracing tracing = Tracing.of(System.getenv(), "prism")) {
            CompletableFuture<String> signal = Signals.first(() -> killChildren(path));
            return run(folder, documents, signal, screen, tracing.traces());
        } finally {
            folder.close();
            Logging.close();
        }
    }

    private int run(
            DataFolder folder,
            List<NamespaceFiles.Document> documents,
            CompletableFuture<String> signal,
            Screen screen,
            Traces traces) {
        long from = System.nanoTime();
        screen.title(PrismCommand.Version.number(), folder.path());
        Set<String> ready = ConcurrentHashMap.newKeySet();
        var starting =
                CompletableFuture.supplyAsync(
                        () ->
                                PrismStandalone.start(
                                        folder,
                                        ports.asked(),
                                        (server, address, took) -> {
                                            ready.add(server);
                                            screen.ready(server, address, took);
                                        },
                                        traces),
                        task -> Thread.ofPlatform().name("prism-start").start(task));
        warnWhenLong(starting, ready, folder, screen);
        CompletableFuture.anyOf(starting.handle((prism, e) -> ""), signal).join();
        if (signal.isDone()) {
            screen.line("Stopping before everything has started.");
            return stopped(() -> starting.join().close(), folder.path(), screen);
        }
        PrismStandalone prism = result(starting);
        int code;
        try {
            var files = new NamespaceFiles(prism.addresses().get(Addresses.ADMIN));
            files.create(documents, screen);
            screen.running(
                    prism, ports.asked().keySet(), Duration.ofNanos(System.nanoTime() - from));
            screen.tryNext(files.sample());
            code = train ? train(prism) : stay(prism, signal, screen);
        } catch (PrismException refused) {
            stopped(prism::close, folder.path(), screen);
            throw refused;
        }
        int stopped = stopped(prism::close, folder.path(), screen);
        return code == ExitCodes.OK ? stopped : code;
    }

    private static int train(PrismStandalone prism) {
        int code = Training.run(prism.addresses());
        prism.streams().await();
        return code;
    }

    private int stay(PrismStandalone prism, CompletableFuture<String> signal, Screen screen) {
        CompletableFuture<String> died = prism.died();
        CompletableFuture.anyOf(signal, died).join();
        if (signal.isDone()) {
            screen.line("");
            screen.line("Stopping; once more to kill.");
            return ExitCodes.OK;
        }
        screen.warn(died.join() + "; stopping everything else");
        return ExitCodes.SERVER_DIED;
    }

    /** Runs the orderly stop, but not for longer than promised. */
    private static int stopped(Runnable stop, Path path, Screen screen) {
        var stopping =
                CompletableFuture.runAsync(
                        stop, task -> Thread.ofPlatform().name("prism-stop").start(task));
        try {
            stopping.get(STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            screen.line("Stopped.");
            return ExitCodes.OK;
        } catch (TimeoutException tooLong) {
            screen.warn(
                    "not stopped after " + STOP_WITHIN.toSeconds() + " s: killing what is left");
        } catch (java.util.concurrent.ExecutionException e) {
            screen.warn("stopping failed (" + e.getCause() + "): killing what is left");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        killChildren(path);
        return ExitCodes.KILLED;
    }

    private static void killChildren(Path path) {
        EmbeddedServers.killLeftovers(path);
    }

    private static PrismStandalone result(CompletableFuture<PrismStandalone> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new PrismException(ErrorCode.INTERNAL, "start failed: " + e.getCause(), e);
        }
    }

    private static void warnWhenLong(
            CompletableFuture<?> starting, Set<String> ready, DataFolder folder, Screen screen) {
        CompletableFuture.delayedExecutor(LONG_START.toSeconds(), TimeUnit.SECONDS)
                .execute(
                        () -> {
                            if (!starting.isDone()) {
                                var waiting = new java.util.ArrayList<>(PrismStandalone.PARTS);
                                waiting.removeAll(ready);
                                screen.warn(
                                        "still waiting for %s after %d s; logs are in %s"
                                                .formatted(
                                                        String.join(", ", waiting),
                                                        LONG_START.toSeconds(),
                                                        folder.logs()));
                            }
                        });
    }

    /** One option a port, each absent unless the user insists. */
    static final class PortOptions {
        @Option(names = "--grpc-port", paramLabel = "PORT", description = "Default: 8980.")
        private @Nullable Integer grpc;

        @Option(names = "--admin-port", paramLabel = "PORT", description = "Default: 8981.")
        private @Nullable Integer admin;

        @Option(names = "--http-port", paramLabel = "PORT", description = "Default: 8982.")
        private @Nullable Integer http;

        @Option(names = "--kafka-port", paramLabel = "PORT", description = "Default: 9092.")
        private @Nullable Integer kafka;

        @Option(names = "--postgres-port", paramLabel = "PORT", description = "Default: 5432.")
        private @Nullable Integer postgres;

        @Option(names = "--redis-port", paramLabel = "PORT", description = "Default: 6379.")
        private @Nullable Integer redis;

        @Option(names = "--s3-port", paramLabel = "PORT", description = "Default: 9000.")
        private @Nullable Integer s3;

        @Option(names = "--connect-port", paramLabel = "PORT", description = "Default: 8083.")
        private @Nullable Integer connect;

        @Option(
                names = "--any-ports",
                description = "Any free port for everything that is not given.")
        private boolean any;

        Map<Port, Integer> asked() {
            var asked = new EnumMap<Port, Integer>(Port.class);
            if (any) {
                for (Port port : Port.values()) {
                    asked.put(port, 0);
                }
            }
            put(asked, Port.GRPC, grpc);
            put(asked, Port.ADMIN, admin);
            put(asked, Port.HTTP, http);
            put(asked, Port.KAFKA, kafka);
            put(asked, Port.POSTGRES, postgres);
            put(asked, Port.REDIS, redis);
            put(asked, Port.S3, s3);
            put(asked, Port.CONNECT, connect);
            return asked;
        }

        private static void put(Map<Port, Integer> asked, Port port, @Nullable Integer number) {
            if (number == null) {
                return;
            }
            if (number < 0 || number > 65535) {
                throw new PrismException(
                        ErrorCode.CONFIGURATION_INVALID,
                        number
                                + " is no port; "
                                + port.title()
                                + " takes 1 to 65535, or 0 for any");
            }
            asked.put(port, number);
        }
    }
}
