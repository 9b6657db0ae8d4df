package io.prism.gateway.ingress;

import io.prism.core.error.PrismException;
import io.prism.gateway.namespace.NamespaceRegistry;
import io.prism.gateway.queue.Queues;
import io.prism.gateway.subscription.Subscriptions;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The queues and subscriptions of a namespace that is deleted. */
final class NamespaceReaders implements NamespaceRegistry.Readers {
    private static final Logger log = LoggerFactory.getLogger(NamespaceReaders.class);

    private final String namespace;
    private final Queues queues;
    private final Subscriptions subscriptions;
    private final Set<String> groups = new HashSet<>();

    NamespaceReaders(String namespace, Queues queues, Subscriptions subscriptions) {
        this.namespace = namespace;
        this.queues = queues;
        this.subscriptions = subscriptions;
    }

    @Override
    public void forget() {
        groups.addAll(subscriptions.forget(namespace));
        groups.addAll(queues.groups(namespace));
    }

    @Override
    public void end(BooleanSupplier gone) {
        try {
            queues.namespaceDeleted(namespace);
            subscriptions.namespaceDeleted(namespace);
            subscriptions.removeGroups(groups, gone);
        } catch (PrismException e) {
            log.atWarn()
                    .setMessage("what reads a deleted namespace did not end cleanly")
                    .addKeyValue("namespace", namespace)
                    .setCause(e)
                    .log();
        }
    }
}
