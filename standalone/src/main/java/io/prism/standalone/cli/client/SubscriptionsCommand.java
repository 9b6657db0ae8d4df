package io.prism.standalone.cli.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.StatusException;
import io.prism.standalone.cli.client.console.ExitCode;
import io.prism.standalone.cli.client.console.Io;
import io.prism.standalone.cli.client.console.Json;
import io.prism.standalone.cli.client.server.Connection;
import io.prism.v1.AckMode;
import io.prism.v1.ListSubscriptionsRequest;
import io.prism.v1.Subscription;
import io.prism.v1.UnsubscribeRequest;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists and deletes the subscriptions of a namespace. */
@Command(
        name = "subscriptions",
        description = "Lists and deletes the subscriptions of a namespace.",
        footer = {
            "  prism subscriptions orders",
            "  prism subscriptions orders --json | jq -r 'select(.durable) | .name'",
            "  prism subscriptions orders delete audit --yes"
        })
final class SubscriptionsCommand extends ClientCommand {
    /** What to do. */
    enum Action {
        LIST,
        DELETE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The namespace.")
    private String namespace = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "ACTION",
            description = "${COMPLETION-CANDIDATES}. Default: list.")
    private Action action = Action.LIST;

    @Parameters(
            index = "2",
            arity = "0..1",
            paramLabel = "NAME",
            description = "With delete: the durable subscription, which loses its position.")
    private @Nullable String name;

    @Option(names = "--yes", description = "With delete: do not ask.")
    private boolean yes;

    SubscriptionsCommand() {
        this(Io.system());
    }

    SubscriptionsCommand(Io io) {
        super(io);
    }

    @Override
    ExitCode run() throws StatusException, IOException, InterruptedException {
        return switch (action) {
            case LIST -> list();
            case DELETE -> delete();
        };
    }

    private ExitCode list() throws StatusException {
        if (name != null) {
            throw usage("subscriptions list takes no NAME");
        }
        try (Connection connection = dataPlane()) {
            List<Subscription> subscriptions =
                    connection
                            .pubSub(namespace)
                            .listSubscriptions(ListSubscriptionsRequest.getDefaultInstance())
                            .getSubscriptionsList();
            if (subscriptions.isEmpty() && !json()) {
                err().println("no subscriptions");
            }
            subscriptions.forEach(this::print);
        }
        return ExitCode.OK;
    }

    private void print(Subscription subscription) {
        String ack = subscription.getAckMode() == AckMode.ACK_MODE_EXPLICIT ? "explicit" : "auto";
        if (json()) {
            ObjectNode node = Json.object();
            node.put("name", subscription.getName());
            node.put("subscription_id", subscription.getSubscriptionId());
            node.put("topic", subscription.getTopic());
            node.put("durable", subscription.getDurable());
            node.put("ack", ack);
            node.put("active_streams", subscription.getActiveStreams());
            if (subscription.hasCreatedAt()) {
                node.put("created_at", Json.time(subscription.getCreatedAt()));
            }
            print(node);
            return;
        }
        out().printf(
                        "%-24s  topic %-24s  %-9s  ack %-8s  %d open%n",
                        subscription.getDurable()
                                ? subscription.getName()
                                : subscription.getSubscriptionId(),
                        subscription.getTopic(),
                        subscription.getDurable() ? "durable" : "ephemeral",
                        ack,
                        subscription.getActiveStreams());
    }

    private ExitCode delete() throws StatusException, IOException {
        if (name == null) {
            throw usage("subscriptions delete needs a NAME");
        }
        String question = "Delete subscription " + name + " and its position?";
        if (!yes && !new Confirmation(io().in(), err()).given(question)) {
            err().println("not deleted");
            return ExitCode.NO;
        }
        try (Connection connection = dataPlane()) {
            connection
                    .pubSub(namespace)
                    .unsubscribe(UnsubscribeRequest.newBuilder().setSubscription(name).build());
        }
        if (json()) {
            print(Json.object().put("deleted", name));
        } else {
            out().println("deleted subscription " + name);
        }
        return ExitCode.OK;
    }
}
