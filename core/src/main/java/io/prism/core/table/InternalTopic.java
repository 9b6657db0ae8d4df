package io.prism.core.table;

import io.prism.core.error.ErrorCode;
import io.prism.core.error.PrismException;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TopicExistsException;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A topic of Prism's own, made by whichever process needs it first.
 *
 * @param name begins with {@code prism.}
 * @param config beyond what follows from the cluster's size
 */
public record InternalTopic(String name, int partitions, Map<String, String> config) {
    private static final long TIMEOUT_SECONDS = 20;

    /** Namespaces by name, as {@link StoredNamespace}s; compacted. */
    public static final InternalTopic NAMESPACES = table("prism.namespaces");

    /** Durable subscriptions by {@code <namespace>/<name>}, as {@link StoredSubscription}s. */
    public static final InternalTopic SUBSCRIPTIONS = table("prism.subscriptions");

    public InternalTopic {
        config = Map.copyOf(config);
    }

    private static InternalTopic table(String name) {
        return new InternalTopic(name, 1, Map.of("cleanup.policy", "compact"));
    }

    /**
     * Makes the topic if it is not there, replicated like Kafka's own topics. Idempotent; blocks.
     *
     * @throws PrismException BACKEND_UNAVAILABLE or BACKEND_REFUSED
     */
    public void ensure(Admin admin) {
        try {
            int brokers =
                    admin.describeCluster().nodes().get(TIMEOUT_SECONDS, TimeUnit.SECONDS).size();
            short replication = (short) Math.clamp(brokers, 1, 3);
            Map<String, String> all = new HashMap<>(config);
            all.put("min.insync.replicas", replication >= 3 ? "2" : "1");
            admin.createTopics(List.of(new NewTopic(name, partitions, replication).configs(all)))
                    .all()
                    .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw new PrismException(
                        e.getCause() instanceof RetriableException
                                ? ErrorCode.BACKEND_UNAVAILABLE
                                : ErrorCode.BACKEND_REFUSED,
                        "topic " + name + " cannot be made: " + e.getCause(),
                        e);
            }
        } catch (TimeoutException e) {
            throw new PrismException(
                    ErrorCode.BACKEND_UNAVAILABLE,
                    "topic " + name + " cannot be made: Kafka did not answer in time; try again",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PrismException(ErrorCode.CANCELLED, "interrupted while making " + name, e);
        }
    }
}
