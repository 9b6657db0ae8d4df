package io.prism.standalone.cli.client.demo;

import io.grpc.StatusException;
import io.prism.connectors.debezium.WantedConnector;
import io.prism.standalone.cli.client.console.Units;
import io.prism.standalone.cli.client.server.ServerOptions;
import io.prism.v1.AckMode;
import io.prism.v1.Event;
import io.prism.v1.GetOutboxStatusRequest;
import io.prism.v1.GetOutboxStatusResponse;
import io.prism.v1.SubscribeRequest;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What commits is published, in commit order, and what does not commit is not. */
final class OutboxChapter implements Chapter {
    private static final int TRANSACTIONS = 1000;
    private static final String TOPIC = "placed";
    private static final String DATABASE = "postgres";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofSeconds(1);

    @Override
    public String name() {
        return "outbox";
    }

    @Override
    public String title() {
        return "what commits is published, once and in order, even when nothing reaches Kafka";
    }

    @Override
    public void tell(Stage stage) throws StatusException, InterruptedException {
        String namespace = stage.namespaceName(this);
        String suffix = namespace.replace('-', '_');
        try (PostgresView postgres = stage.postgres();
                KafkaView kafka = stage.kafka()) {
            Tables tables = new Tables(suffix + "_orders", suffix + "_outbox");
            declare(stage, postgres, namespace, tables);
            try (Subscriber subscriber =
                    new Subscriber(
                            stage.pubSub(namespace),
                            SubscribeRequest.newBuilder()
                                    .setTopic(TOPIC)
                                    .setSubscription("billing")
                                    .setAckMode(AckMode.ACK_MODE_AUTO)
                                    .build())) {
                ownSql(stage, postgres, tables, subscriber);
                away(stage, postgres, namespace, tables, subscriber);
            }
            TidyUp.topics(stage, kafka, namespace);
        }
    }

    /** The application's own, and the outbox beside it. */
    private record Tables(String orders, String outbox) {
        void place(Connection connection, int order) throws SQLException {
            try (PreparedStatement data =
                            connection.prepareStatement(
                                    "INSERT INTO " + orders + " (id) VALUES (?)");
                    PreparedStatement message =
                            connection.prepareStatement(
                                    "INSERT INTO "
                                            + outbox
                                            + " (topic, key, payload) VALUES (?, ?, ?)")) {
                data.setInt(1, order);
                data.execute();
                message.setString(1, TOPIC);
                message.setString(2, "customer-1");
                message.setBytes(3, ("order " + order).getBytes(StandardCharsets.UTF_8));
                message.execute();
            }
        }
    }

    private static void declare(Stage stage, PostgresView postgres, String namespace, Tables tables)
            throws StatusException {
        Narrator narrator = stage.narrator();
        String document =
                """
                namespaces:
                  - name: %s
                    client_api: pubsub
                    patterns:
                      - type: outbox
                        table: %s
                    backend: kafka
                """
                        .formatted(namespace, tables.outbox());
        narrator.step("Messages go into a table of the application's own database");
        narrator.show(document);
        stage.onClose(
                () -> {
                    try (PostgresView last = stage.postgres()) {
                        last.commit(
                                one ->
                                        PostgresView.execute(
                                                one, "DROP TABLE IF EXISTS " + tables.orders()));
                    }
                });
        postgres.commit(
                one ->
                        PostgresView.execute(
                                one, "CREATE TABLE " + tables.orders() + " (id int PRIMARY KEY)"));
        stage.create(document);
        narrator.say("Prism made of it:");
        narrator.show(stage.explain(namespace));
    }

    private static void ownSql(
            Stage stage, PostgresView postgres, Tables tables, Subscriber subscriber)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        narrator.step("An application places orders with SQL of its own");
        narrator.show(
                """
                BEGIN;
                INSERT INTO %s (id) VALUES (1);
                INSERT INTO %s (topic, key, payload) VALUES ('%s', 'customer-1', 'order 1');
                COMMIT;
                """
                        .formatted(tables.orders(), tables.outbox(), TOPIC));
        postgres.rollBack(one -> tables.place(one, 0));
        long committing = System.nanoTime();
        postgres.commit(one -> tables.place(one, 1));
        Event event = subscriber.next("the order");
        Duration took = Duration.ofNanos(System.nanoTime() - committing);
        narrator.say("A subscriber has it " + Units.human(took) + " after the commit began.");
        narrator.check(
                "it is order 1; order 0, which was rolled back before, never comes",
                text(event).equals("order 1"));
    }

    private static void away(
            Stage stage,
            PostgresView postgres,
            String namespace,
            Tables tables,
            Subscriber subscriber)
            throws StatusException, InterruptedException {
        Narrator narrator = stage.narrator();
        ConnectView connect = stage.connect();
        String connector = WantedConnector.name(DATABASE);
        narrator.step("Nothing reaches Kafka any more, and the application does not notice");
        connect.pause(connector);
        stage.onClose(() -> connect.resume(connector));
        Eventually.see(
                () -> connect.status(connector),
                status -> status.contains("PAUSED") && !status.contains("RUNNING"),
                PATIENCE);
        narrator.say("Connector " + connector + ", which reads the database's log, is paused.");
        long start = System.nanoTime();
        for (int order = 2; order <= TRANSACTIONS + 1; order++) {
            int number = order;
            postgres.commit(one -> tables.place(one, number));
        }
        narrator.say(
                String.format(
                        "%,d transactions committed in %s.",
                        TRANSACTIONS, Units.human(Duration.ofNanos(System.nanoTime() - start))));
        GetOutboxStatusResponse waiting =
                Eventually.see(
                        () -> status(stage, namespace),
                        status -> status.getWaiting() == TRANSACTIONS,
                        PATIENCE);
        narrator.say("prism outbox status " + namespace);
        narrator.check(
                String.format("%,d messages wait in the outbox", TRANSACTIONS),
                waiting.getWaiting() == TRANSACTIONS);
        narrator.step("Kafka is in reach again");
        stage.undoLast();
        List<String> arrived = new ArrayList<>();
        for (int i = 0; i < TRANSACTIONS; i++) {
            arrived.add(text(subscriber.next("order " + (i + 2))));
        }
        narrator.check(
                String.format("all %,d arrive, each once, in commit order", TRANSACTIONS),
                arrived.equals(
                        IntStream.rangeClosed(2, TRANSACTIONS + 1)
                                .mapToObj(order -> "order " + order)
                                .toList()));
        narrator.check("nothing comes twice", subscriber.quietFor(QUIET));
        GetOutboxStatusResponse done =
                Eventually.see(
                        () -> status(stage, namespace),
                        status -> status.getWaiting() == 0,
                        PATIENCE);
        narrator.check(
                "nothing waits, and nothing was refused",
                done.getWaiting() == 0 && done.getRefused() == 0);
    }

    private static GetOutboxStatusResponse status(Stage stage, String namespace)
            throws StatusException {
        return stage.admin()
                .withDeadlineAfter(ServerOptions.callTimeout())
                .getOutboxStatus(
                        GetOutboxStatusRequest.newBuilder().setNamespace(namespace).build());
    }

    private static String text(Event event) {
        return event.getPayload().toStringUtf8();
    }
}
