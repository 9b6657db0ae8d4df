package io.prism.standalone.cli.client.fake;

import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What goes wrong in a fake Prism, and what it has seen of its clients. */
public final class Faults {
    /** Fetches break after this many bytes, so often. */
    public final AtomicInteger fetchBreaks = new AtomicInteger();

    public volatile long fetchBreaksAfter = Long.MAX_VALUE;

    /** The place of each fetch's first byte. */
    public final java.util.Queue<Long> fetchOffsets =
            new java.util.concurrent.ConcurrentLinkedQueue<>();

    /** A chunk is taken only with a permit; plenty unless a test drains them. */
    public final Semaphore chunkPermits = new Semaphore(Integer.MAX_VALUE / 2);

    /** Bytes of chunks that have arrived. */
    public final AtomicLong chunkBytes = new AtomicLong();

    /** Streams end with UNAVAILABLE after this many events. */
    public volatile int subscribeBreaksAfter = Integer.MAX_VALUE;

    /** Calls of Acknowledge. */
    public final AtomicInteger acknowledgeCalls = new AtomicInteger();

    /** Chunked publishes the client broke off. */
    public final AtomicInteger chunkedCancelled = new AtomicInteger();
}
