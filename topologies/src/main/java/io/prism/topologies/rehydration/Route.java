package io.prism.topologies.rehydration;

import io.prism.core.claim.ClaimStore;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * How one topic is rehydrated.
 *
 * @param source the topic's name in Kafka, and target that of its derived topic
 * @param maxSize payloads up to this many bytes are put back
 * @param metadataField the namespace's own header for a claim's id
 * @param awaited whether claims wait for their rehydration, and must be told of it
 * @param downloads as many permits as payloads of the namespace may be loaded at once
 */
public record Route(
        String namespace,
        String source,
        String target,
        long maxSize,
        Optional<String> metadataField,
        ClaimStore store,
        boolean awaited,
        Semaphore downloads) {}
