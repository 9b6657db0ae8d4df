package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.console.PayloadText;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.CacheGetRequest;
import io.prism.v1.CacheGetResponse;
import io.prism.v1.CacheServiceGrpc.CacheServiceBlockingV2Stub;
import io.prism.v1.ClearCacheRequest;
import io.prism.v1.DeleteRequest;
import io.prism.v1.ExistsRequest;
import io.prism.v1.ExistsResponse;
import io.prism.v1.IncrementRequest;
import io.prism.v1.SetRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads and writes a namespace's cache. */
@Command(
        name = "cache",
        description = {
            "Reads and writes values of a namespace with client_api cache: get, set, delete, exists,"
                    + " increment.",
            "clear makes a namespace with client_api reader forget its cached rows, as is right"
                    + " after its database was restored from a backup."
        },
        footer = {
            "  prism cache set sessions user-17 --text '{\"cart\":3}' --ttl 30m",
            "  prism cache get sessions user-17",
            "  prism cache increment sessions visits --by 5 --json | jq .value",
            "  prism cache clear user-profiles"
        })
final class CacheCommand extends ClientCommand {
    /** What to do. */
    enum Action {
        GET,
        SET,
        DELETE,
        EXISTS,
        INCREMENT,
        CLEAR;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "ACTION", description = "${COMPLETION-CANDIDATES}.")
    private @Nullable Action action;

    @Parameters(index = "1", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "KEY",
            description = "The key; not with clear.")
    private @Nullable String key;

    @Option(names = "--text", paramLabel = "TEXT", description = "set: the value.")
    private @Nullable String text;

    @Option(names = "--file", paramLabel = "FILE", description = "set: the value is this file.")
    private @Nullable Path file;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            converter = Units.DurationConverter.class,
            description =
                    "set, increment: how long the value stays at most. Default: the namespace's.")
    private @Nullable Duration ttl;

    @Option(names = "--if-absent", description = "set: only where there is no value.")
    private boolean ifAbsent;

    @Option(names = "--if-present", description = "set: only where there is one.")
    private boolean ifPresent;

    @Option(names = "--by", paramLabel = "NUMBER", description = "increment: how much. Default: 1.")
    private long by = 1;

    CacheCommand() {
        this(Io.system());
    }

    CacheCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException {
        Action asked = Objects.requireNonNull(action);
        if (asked == Action.CLEAR) {
            if (key != null) {
                throw usage("clear takes no key: it clears the whole namespace");
            }
            return clear();
        }
        if (key == null) {
            throw usage(asked + " needs a key");
        }
        try (Connection connection = dataPlane()) {
            CacheServiceBlockingV2Stub cache =
                    connection.cache(namespace).withDeadlineAfter(ServerOptions.callTimeout());
            return switch (asked) {
                case GET -> get(cache, key);
                case SET -> set(cache, key);
                case DELETE -> delete(cache, key);
                case EXISTS -> exists(cache, key);
                case INCREMENT -> increment(cache, key);
                case CLEAR -> throw new IllegalStateException("clear has no key");
            };
        }
    }

    private ExitCode get(CacheServiceBlockingV2Stub cache, String name) throws StatusException {
        CacheGetResponse response = cache.get(CacheGetRequest.newBuilder().setKey(name).build());
        Optional<String> printable = PayloadText.printable(response.getValue());
        if (json()) {
            ObjectNode node = Json.object().put("key", name).put("found", response.getFound());
            if (response.getFound()) {
                if (printable.isPresent()) {
                    node.put("value", printable.get());
                } else {
                    node.put(
                            "value_base64",
                            Base64.getEncoder().encodeToString(response.getValue().toByteArray()));
                }
            }
            if (response.hasRemainingTtl()) {
                node.put("remaining_ttl_ms", millis(response.getRemainingTtl()));
            }
            print(node.put("degraded", response.getDegraded()));
        } else if (response.getFound()) {
            out().println(
                            printable.orElseGet(
                                    () -> PayloadText.hexHead(response.getValue(), 256, "")));
        } else {
            nothing(name, response.getDegraded());
        }
        return response.getFound() ? ExitCode.OK : ExitCode.NO;
    }

    private ExitCode set(CacheServiceBlockingV2Stub cache, String name)
            throws StatusException, IOException {
        if ((text == null) == (file == null)) {
            throw usage("set needs a value: give either --text or --file");
        }
        SetRequest.Builder request =
                SetRequest.newBuilder()
                        .setKey(name)
                        .setValue(
                                file == null
                                        ? ByteString.copyFromUtf8(Objects.requireNonNull(text))
                                        : ByteString.copyFrom(Files.readAllBytes(file)))
                        .setOnlyIfAbsent(ifAbsent)
                        .setOnlyIfPresent(ifPresent);
        if (ttl != null) {
            request.setTtl(duration(ttl));
        }
        boolean stored = cache.set(request.build()).getStored();
        if (json()) {
            print(Json.object().put("key", name).put("stored", stored));
        } else {
            out().println(
                            stored
                                    ? "stored"
                                    : ifAbsent
                                            ? "not stored: there is a value already"
                                            : "not stored: there is no value yet");
        }
        return stored ? ExitCode.OK : ExitCode.NO;
    }

    private ExitCode delete(CacheServiceBlockingV2Stub cache, String name) throws StatusException {
        boolean deleted =
                cache.delete(DeleteRequest.newBuilder().setKey(name).build()).getDeleted();
        if (json()) {
            print(Json.object().put("key", name).put("deleted", deleted));
        } else {
            out().println(deleted ? "deleted" : "there was no value");
        }
        return deleted ? ExitCode.OK : ExitCode.NO;
    }

    private ExitCode exists(CacheServiceBlockingV2Stub cache, String name) throws StatusException {
        ExistsResponse response = cache.exists(ExistsRequest.newBuilder().setKey(name).build());
        if (json()) {
            print(
                    Json.object()
                            .put("key", name)
                            .put("exists", response.getExists())
                            .put("degraded", response.getDegraded()));
        } else if (response.getExists()) {
            out().println("there is a value");
        } else {
            nothing(name, response.getDegraded());
        }
        return response.getExists() ? ExitCode.OK : ExitCode.NO;
    }

    private ExitCode increment(CacheServiceBlockingV2Stub cache, String name)
            throws StatusException {
        IncrementRequest.Builder request = IncrementRequest.newBuilder().setKey(name).setDelta(by);
        if (ttl != null) {
            request.setTtl(duration(ttl));
        }
        long value = cache.increment(request.build()).getValue();
        if (json()) {
            print(Json.object().put("key", name).put("value", value));
        } else {
            out().println(value);
        }
        return ExitCode.OK;
    }

    private ExitCode clear() throws StatusException {
        try (Connection connection = adminApi()) {
            var unused =
                    connection
                            .admin()
                            .clearCache(
                                    ClearCacheRequest.newBuilder().setNamespace(namespace).build());
        }
        if (json()) {
            print(Json.object().put("namespace", namespace).put("cleared", true));
        } else {
            out().println("cleared");
        }
        return ExitCode.OK;
    }

    private void nothing(String name, boolean degraded) {
        out().println(
                        degraded
                                ? "the cache cannot be asked at present"
                                : "there is no value at " + PayloadText.safe(name));
    }

    private static long millis(com.google.protobuf.Duration duration) {
        return duration.getSeconds() * 1000 + duration.getNanos() / 1_000_000;
    }

    private static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder()
                .setSeconds(duration.getSeconds())
                .setNanos(duration.getNano())
                .build();
    }
}
