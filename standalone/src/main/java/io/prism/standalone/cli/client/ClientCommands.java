package io.prism.standalone.cli.client;

import java.util.List;

/** The client commands, for the root command to register. */
public final class ClientCommands {
    private ClientCommands() {}

    /** Picocli command classes with no-argument constructors, in the order help shows them. */
    public static List<Class<?>> all() {
        return List.of(
                ValidateCommand.class,
                ApplyCommand.class,
                ExplainCommand.class,
                NamespacesCommand.class,
                PublishCommand.class,
                SubscribeCommand.class,
                QueueCommand.class,
                TransactCommand.class,
                CacheCommand.class,
                ReadCommand.class,
                FetchCommand.class,
                SubscriptionsCommand.class,
                ClaimsCommand.class,
                OutboxCommand.class,
                CdcCommand.class,
                DemoCommand.class);
    }
}
