package io.prism.standalone.cli;

import io.prism.gateway.Gateway;
import io.prism.gateway.GatewayConfig;
import io.prism.standalone.config.GatewayOptions;
import io.prism.standalone.config.Settings;
import io.prism.standalone.logging.Logging;
import io.prism.standalone.tracing.Tracing;
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

/** Runs one gateway against servers that are there already. */
@Command(
        name = "gateway",
        mixinStandardHelpOptions = true,
        description = {
            "Runs a gateway against a Kafka cluster and an object storage that are there already.",
            "Options come from a file and from PRISM_* variables, which win; docs/configuration.md"
                    + " lists them. SIGTERM refuses new calls, finishes those in flight, and stops."
        },
        footer = {
            "",
            "Examples:",
            "  prism gateway --config gateway.yaml",
            "  PRISM_KAFKA_BOOTSTRAP=kafka:9092 PRISM_S3_ENDPOINT=http://s3:9000 prism gateway",
            "  prism gateway --config gateway.yaml --check"
        })
final class GatewayCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML, or properties when it ends in .properties.")
    private @Nullable Path config;

    @Option(names = "--check", description = "Only say whether the configuration can be used.")
    private boolean check;

    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    GatewayCommand() {}

    @Override
    public Integer call() {
        Settings settings = GatewayOptions.read(Optional.ofNullable(config), System.getenv());
        GatewayConfig gatewayConfig = GatewayOptions.toConfig(settings);
        if (check) {
            spec.commandLine().getOut().println("The configuration can be used.");
            return ExitCodes.OK;
        }
        Logging.toStdout(settings.get(GatewayOptions.LOG_LEVEL));
        var log = LoggerFactory.getLogger(GatewayCommand.class);
        CompletableFuture<String> signal = Signals.first(() -> {});
        try (Tracing tracing = Tracing.of(System.getenv(), "prism-gateway");
                Gateway gateway = Gateway.start(gatewayConfig, tracing.traces())) {
            log.atInfo()
                    .addKeyValue("grpcPort", gateway.grpcPort())
                    .addKeyValue("adminPort", gateway.adminPort())
                    .addKeyValue("httpPort", gateway.httpPort())
                    .log("Gateway serves");
            String name = signal.join();
            log.atInfo().addKeyValue("signal", name).log("Gateway drains");
        } finally {
            Logging.close();
        }
        return ExitCodes.OK;
    }
}
