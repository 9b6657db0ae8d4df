package io.prism.standalone.cli;

import io.prism.standalone.config.GatewayOptions;
import io.prism.standalone.config.Settings;
import io.prism.standalone.config.StreamsOptions;
import io.prism.standalone.logging.Logging;
import io.prism.standalone.tracing.Tracing;
import io.prism.streams.StreamsApps;
import io.prism.streams.StreamsAppsConfig;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs topologies against servers that are there already. */
@Command(
        name = "streams",
        mixinStandardHelpOptions = true,
        description = {
            "Runs what works behind the gateways, against their Kafka cluster, databases and object"
                    + " storage: the claim lifecycle, the topics of whole payloads and the outbox"
                    + " relay.",
            "Any number of processes share the work. Options come from a file and from PRISM_*"
                    + " variables, which win; docs/configuration.md lists them."
        },
        footer = {
            "",
            "Examples:",
            "  prism streams --config streams.yaml",
            "  PRISM_KAFKA_BOOTSTRAP=kafka:9092 PRISM_S3_ENDPOINT=http://s3:9000 prism streams",
            "  prism streams --config streams.yaml --check"
        })
final class StreamsCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML, or properties when it ends in .properties.")
    private @Nullable Path config;

    @Option(names = "--check", description = "Only say whether the configuration can be used.")
    private boolean check;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    StreamsCommand() {}

    @Override
    public Integer call() {
        Settings settings = StreamsOptions.read(Optional.ofNullable(config), System.getenv());
        StreamsAppsConfig streamsConfig = StreamsOptions.toConfig(settings);
        if (check) {
            spec.commandLine().getOut().println("The configuration can be used.");
            return ExitCodes.OK;
        }
        Logging.toStdout(settings.get(GatewayOptions.LOG_LEVEL));
        var log = LoggerFactory.getLogger(StreamsCommand.class);
        CompletableFuture<String> signal = Signals.first(() -> {});
        try (Tracing tracing = Tracing.of(System.getenv(), "prism-streams");
                StreamsApps apps = StreamsApps.start(streamsConfig, tracing.traces())) {
            CompletableFuture.anyOf(signal, apps.gaveUp()).join();
            if (!signal.isDone()) {
                log.atError().addKeyValue("reason", apps.gaveUp().join()).log("A role gave up");
                return ExitCodes.ROLE_FAILED;
            }
            log.atInfo().addKeyValue("signal", signal.join()).log("Streams process stops");
        } finally {
            Logging.close();
        }
        return ExitCodes.OK;
    }
}
