package io.prism.standalone.cli.client.subscribe;

import io.grpc.StatusException;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The loop of a subscriber: take an event, keep its payload, show it, acknowledge it. An event
 * whose payload is lost is shown, and acknowledged only if that was asked for: until then the
 * server still has it. Used by one thread.
 */
public final class Receiving {
    /** How long to look for another event before the acknowledgements at hand are sent. */
    private static final Duration LULL = Duration.ofMillis(5);

    private static final Duration FOREVER = Duration.ofDays(365);

    private final EventStream stream;
    private final PayloadKeeper keeper;
    private final EventWriter writer;
    private final Optional<Acknowledger> acknowledger;
    private final boolean acknowledgeLost;
    private final BooleanSupplier readerGone;
    private final LongSupplier nanoTime;
    private long received;
    private long lost;
    private long bytes;

    /**
     * @param acknowledger empty where the server acknowledges by itself
     * @param readerGone asked after each event that was shown
     * @param nanoTime as {@link System#nanoTime}
     */
    public Receiving(
            EventStream stream,
            PayloadKeeper keeper,
            EventWriter writer,
            Optional<Acknowledger> acknowledger,
            boolean acknowledgeLost,
            BooleanSupplier readerGone,
            LongSupplier nanoTime) {
        this.stream = stream;
        this.keeper = keeper;
        this.writer = writer;
        this.acknowledger = acknowledger;
        this.acknowledgeLost = acknowledgeLost;
        this.readerGone = readerGone;
        this.nanoTime = nanoTime;
    }

    /** Why receiving ended. */
    public enum End {
        /** So many events as were asked for have arrived. */
        ENOUGH,
        /** The time was over, or nothing more came. */
        TIME,
        /** The server ended the stream. */
        SERVER,
        /** Nobody reads what is shown; the last event is not acknowledged. */
        NO_READER
    }

    /**
     * Receives until a limit is reached or the stream ends. What was dealt with is acknowledged
     * when this returns, and also when it throws, if the server can still be reached.
     */
    public End run(Limits limits) throws StatusException, IOException, InterruptedException {
        try {
            End end = receive(limits);
            flush();
            return end;
        } catch (StatusException | IOException failure) {
            try {
                flush();
            } catch (StatusException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    private End receive(Limits limits) throws StatusException, IOException, InterruptedException {
        long start = nanoTime.getAsLong();
        long quietSince = start;
        while (limits.events().isEmpty() || received < limits.events().getAsLong()) {
            Duration patience = patience(limits, start, quietSince);
            if (patience.isNegative() || patience.isZero()) {
                return End.TIME;
            }
            boolean waiting = acknowledger.map(Acknowledger::waiting).orElse(false);
            Duration wait = waiting && patience.compareTo(LULL) > 0 ? LULL : patience;
            switch (stream.next(wait)) {
                case EventStream.Next.Arrived arrived -> {
                    if (!handle(arrived.delivery())) {
                        return End.NO_READER;
                    }
                    quietSince = nanoTime.getAsLong();
                }
                case EventStream.Next.Nothing _ -> flush();
                case EventStream.Next.Ended _ -> {
                    return End.SERVER;
                }
            }
        }
        return End.ENOUGH;
    }

    private Duration patience(Limits limits, long start, long quietSince) {
        long now = nanoTime.getAsLong();
        Duration total =
                limits.timeout().map(limit -> limit.minusNanos(now - start)).orElse(FOREVER);
        Duration idle =
                limits.idle().map(limit -> limit.minusNanos(now - quietSince)).orElse(FOREVER);
        return total.compareTo(idle) < 0 ? total : idle;
    }

    private boolean handle(Delivery delivery)
            throws StatusException, IOException, InterruptedException {
        Kept kept = keeper.keep(delivery);
        writer.write(delivery, kept);
        if (readerGone.getAsBoolean()) {
            return false;
        }
        received++;
        boolean whole = !(kept instanceof Kept.Lost);
        if (whole) {
            bytes += delivery.event().getPayloadSize();
        } else {
            lost++;
        }
        if (acknowledger.isPresent() && (whole || acknowledgeLost)) {
            acknowledger.get().done(delivery.event().getMessageId());
        }
        return true;
    }

    private void flush() throws StatusException {
        if (acknowledger.isPresent()) {
            acknowledger.get().flush();
        }
    }

    /** Events so far, those with a lost payload included. */
    public long received() {
        return received;
    }

    /** Events whose payload could not be had. */
    public long lost() {
        return lost;
    }

    /** Bytes of the payloads that could. */
    public long bytes() {
        return bytes;
    }

    public long acknowledged() {
        return acknowledger.map(Acknowledger::acknowledged).orElse(0L);
    }
}
