package io.prism.standalone.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.Value;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.prism.bench.load.Meter;
import io.prism.bench.load.StreamLoad;
import io.prism.bench.load.UnaryLoad;
import io.prism.core.database.DatabaseConfig;
import io.prism.core.database.DatabaseUrl;
import io.prism.standalone.Addresses;
import io.prism.v1.AdminServiceGrpc;
import io.prism.v1.CreateNamespaceRequest;
import io.prism.v1.Event;
import io.prism.v1.GetRequest;
import io.prism.v1.PubSubServiceGrpc;
import io.prism.v1.PublishRequest;
import io.prism.v1.ReaderServiceGrpc;
import io.prism.v1.SubscribeRequest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A little of everything, so that the JVM which is watched learns the classes a real run needs: a
 * small message, a claimed one, and both delivered, to a plain namespace and through an outbox, and
 * rows read from a cache while they change; then some seconds of load, so that it learns what is
 * hot: a gateway that starts with these profiles compiles its hot paths at once, and not after
 * minutes of traffic.
 */
final class Training {
    private static final Logger log = LoggerFactory.getLogger(Training.class);
    private static final String PLAIN = "training";
    private static final String OUTBOX = "training-outbox";
    private static final String TOPIC = "training";
    private static final int CLAIMED = 1_500_000;
    private static final Duration LOAD = Duration.ofSeconds(6);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CALLERS = 64;
    private static final int OUTBOX_RATE = 500;
    private static final int STREAMS = 2;
    private static final int WINDOW = 1_024;
    private static final String DOCUMENT =
            """
            namespaces:
              - name: training
                client_api: pubsub
                patterns:
                  - type: claim-check
                    threshold: 1MB
                    storage: s3
                backend: kafka
              - name: training-outbox
                client_api: pubsub
                patterns:
                  - type: outbox
                    database: postgres
                  - type: claim-check
                    threshold: 1MB
                    storage: s3
                backend: kafka
            """;
    private static final String ROWS = "training-rows";
    private static final String TABLE = "prism_training";
    private static final int ROW_COUNT = 100;
    private static final String ROWS_DOCUMENT =
            """
            namespaces:
              - name: training-rows
                client_api: reader
                patterns:
                  - type: cache
                    ttl: 900
                    key_pattern: "{id}"
                  - type: cdc
                    source: {database: postgres, table: prism_training}
                    snapshot: never
                    consumers:
                      - {name: training, type: cache_invalidator, key_extractor: "{after.id}"}
                backend: {type: postgres, database: postgres}
            """;

    private Training() {}

    /** Never fails for what the gateway answers: a worse training makes a slower start, no more. */
    static int run(Addresses addresses) {
        ManagedChannel admin = channel(addresses.get(Addresses.ADMIN));
        ManagedChannel data = channel(addresses.get(Addresses.GRPC));
        try {
            AdminServiceGrpc.newBlockingStub(admin)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .createNamespace(
                            CreateNamespaceRequest.newBuilder().setDocument(DOCUMENT).build());
            Channel plain = namespace(data, PLAIN);
            delivered(plain);
            load(List.of(plain));
            Channel outbox = namespace(data, OUTBOX);
            delivered(outbox);
            outboxLoad(List.of(outbox));
            rows(addresses, admin, data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (StatusRuntimeException | SQLException e) {
            log.atWarn().setCause(e).log("The training run did not do everything");
        } finally {
            admin.shutdownNow();
            data.shutdownNow();
        }
        return ExitCodes.OK;
    }

    private static void load(List<Channel> channels) throws InterruptedException {
        Meter meter = new Meter();
        new UnaryLoad(PATIENCE).closedLoop(channels, CALLERS, message(1000), LOAD, meter);
        new StreamLoad(STREAMS, WINDOW, PATIENCE).run(channels, message(1000), LOAD, meter);
    }

    private static Channel namespace(Channel data, String name) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-prism-namespace", Metadata.ASCII_STRING_MARSHALLER), name);
        return ClientInterceptors.intercept(
                data, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static void delivered(Channel namespace) {
        var stub =
                PubSubServiceGrpc.newBlockingStub(namespace)
                        .withDeadlineAfter(60, TimeUnit.SECONDS);
        publish(stub, 1000);
        publish(stub, CLAIMED);
        Iterator<Event> events =
                stub.subscribe(SubscribeRequest.newBuilder().setTopic(TOPIC).build());
        events.next();
        events.next();
        Thread.ofVirtual().name("training-subscriber").start(() -> readOn(events));
    }

    private static void readOn(Iterator<Event> events) {
        try {
            while (events.hasNext()) {
                events.next();
            }
        } catch (StatusRuntimeException end) {
            log.atDebug().setCause(end).log("The training's subscription has ended");
        }
    }

    /** At a rate at which the database, the connector and the relay are all at work. */
    private static void outboxLoad(List<Channel> channels) throws InterruptedException {
        PublishRequest message = message(1000);
        long _ =
                new UnaryLoad(PATIENCE)
                        .openLoop(
                                channels,
                                OUTBOX_RATE,
                                OUTBOX_RATE,
                                (index, due) -> message,
                                LOAD,
                                new Meter());
    }

    /** Rows are read, and now and then one changes. */
    private static void rows(Addresses addresses, Channel admin, Channel data) throws SQLException {
        DatabaseConfig.Server server =
                DatabaseUrl.parse(addresses.get(Addresses.POSTGRES))
                        .server(Optional.empty(), Optional.empty());
        try (Connection connection =
                        DriverManager.getConnection(
                                "jdbc:" + server.url(), server.user(), server.password());
                Statement sql = connection.createStatement()) {
            sql.execute("CREATE TABLE " + TABLE + " (id int PRIMARY KEY, name text)");
            sql.execute(
                    "INSERT INTO "
                            + TABLE
                            + " SELECT i, 'name' FROM generate_series(1, "
                            + ROW_COUNT
                            + ") i");
            var unused =
                    AdminServiceGrpc.newBlockingStub(admin)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .createNamespace(
                                    CreateNamespaceRequest.newBuilder()
                                            .setDocument(ROWS_DOCUMENT)
                                            .build());
            var reader =
                    ReaderServiceGrpc.newBlockingStub(namespace(data, ROWS))
                            .withDeadlineAfter(60, TimeUnit.SECONDS);
            long end = System.nanoTime() + LOAD.toNanos();
            for (int i = 0; System.nanoTime() < end; i++) {
                int id = 1 + i % ROW_COUNT;
                var row =
                        reader.get(
                                GetRequest.newBuilder()
                                        .setCollection(TABLE)
                                        .setId(Value.newBuilder().setNumberValue(id))
                                        .build());
                if (i % ROW_COUNT == 0) {
                    log.atDebug().addKeyValue("row", row.getServedBy()).log("trained");
                    sql.execute("UPDATE " + TABLE + " SET name = 'n" + i + "' WHERE id = " + id);
                }
            }
        }
    }

    private static void publish(PubSubServiceGrpc.PubSubServiceBlockingStub stub, int bytes) {
        stub.publish(message(bytes));
    }

    private static PublishRequest message(int bytes) {
        return PublishRequest.newBuilder()
                .setTopic(TOPIC)
                .setKey("key")
                .putMetadata("training", "true")
                .setPayload(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    private static ManagedChannel channel(String target) {
        return NettyChannelBuilder.forTarget(target).usePlaintext().build();
    }
}
