package io.prism.core.cache;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The scripts in Java, line for line, on what one namespace has in Redis. Not thread-safe: Redis
 * runs one script at a time.
 */
final class ModelCache implements CacheSteps {
    /** What may be left out, to see that it is missed. */
    enum Flaw {
        NONE,
        NO_FENCE,
        NO_LEASE,
        NO_NEW_GENERATION
    }

    private static final int REMEMBERED = 8;

    private final Flaw flaw;
    private State state;
    private final Deque<State> past = new ArrayDeque<>();
    private int tokens;
    private int generations;
    private boolean loaded;

    private record Entry(int generation, int version, ReadPoint point) {}

    private record Lease(int generation, String token) {}

    private record Fence(int xid, long lsn) {}

    private static final class State {
        private final @Nullable Entry[] values;
        private final @Nullable Lease[] leases;
        private final @Nullable Fence[] fences;
        private int generation;
        private @Nullable Fence clearing;

        State(int keys) {
            values = new Entry[keys];
            leases = new Lease[keys];
            fences = new Fence[keys];
        }

        private State(State other) {
            values = Arrays.copyOf(other.values, other.values.length);
            leases = Arrays.copyOf(other.leases, other.leases.length);
            fences = Arrays.copyOf(other.fences, other.fences.length);
            generation = other.generation;
            clearing = other.clearing;
        }
    }

    ModelCache(int keys, Flaw flaw) {
        this.flaw = flaw;
        this.state = new State(keys);
    }

    private void step() {
        if (!loaded) {
            loaded = true;
            if (flaw != Flaw.NO_NEW_GENERATION || state.generation == 0) {
                state.generation = ++generations;
            }
        }
        if (past.size() == REMEMBERED) {
            past.removeFirst();
        }
        past.addLast(new State(state));
    }

    @Override
    public Found lookup(int key) {
        step();
        String token = "t" + ++tokens;
        if (state.generation == 0) {
            state.generation = ++generations;
        }
        Entry entry = state.values[key];
        if (entry != null) {
            if (entry.generation() == state.generation) {
                return new Found.Hit(entry.version());
            }
            state.values[key] = null;
        }
        Lease lease = state.leases[key];
        if (lease != null && lease.generation() == state.generation) {
            return new Found.Filling(lease.token());
        }
        state.leases[key] = new Lease(state.generation, token);
        return new Found.Miss(token);
    }

    @Override
    public FillOutcome fill(int key, String token, int version, ReadPoint point) {
        step();
        Lease lease = state.leases[key];
        if (flaw != Flaw.NO_LEASE) {
            if (lease == null
                    || lease.generation() != state.generation
                    || !lease.token().equals(token)) {
                return FillOutcome.VOIDED;
            }
            state.leases[key] = null;
        }
        if (flaw != Flaw.NO_FENCE
                && (!newer(point, state.fences[key]) || !newer(point, state.clearing))) {
            return FillOutcome.OLDER;
        }
        state.values[key] = new Entry(state.generation, version, point);
        return FillOutcome.STORED;
    }

    private static boolean newer(ReadPoint point, @Nullable Fence fence) {
        if (fence == null) {
            return true;
        }
        boolean compared = false;
        if (fence.xid() != 0 && point.xmin() != 0) {
            if (!older(fence.xid(), (int) point.xmin())) {
                return false;
            }
            compared = true;
        }
        if (fence.lsn() != 0 && point.lsn() != 0) {
            if (!before(fence.lsn(), point.lsn())) {
                return false;
            }
            compared = true;
        }
        return compared;
    }

    private static boolean older(int a, int b) {
        long distance = Integer.toUnsignedLong(b - a);
        return distance > 0 && distance < 0x8000_0000L;
    }

    private static boolean before(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }

    @Override
    public void release(int key, String token) {
        step();
        Lease lease = state.leases[key];
        if (lease != null
                && lease.generation() == state.generation
                && lease.token().equals(token)) {
            state.leases[key] = null;
        }
    }

    @Override
    public void invalidate(int key, ChangePoint at) {
        step();
        Entry entry = state.values[key];
        boolean shows = false;
        if (entry != null) {
            ReadPoint point = entry.point();
            if (at.lsn() != 0 && point.lsn() != 0) {
                shows = before(at.lsn(), point.lsn());
            } else if (at.xid() != 0 && point.xmin() != 0) {
                shows = older((int) at.xid(), (int) point.xmin());
            }
        }
        if (!shows) {
            state.values[key] = null;
            state.leases[key] = null;
        }
        state.fences[key] = raised(state.fences[key], at);
    }

    private static @Nullable Fence raised(@Nullable Fence fence, ChangePoint at) {
        int xid = (int) at.xid();
        long lsn = at.lsn();
        if (xid == 0 && lsn == 0) {
            return fence;
        }
        if (fence != null) {
            if (xid == 0 || (fence.xid() != 0 && older(xid, fence.xid()))) {
                xid = fence.xid();
            }
            if (before(lsn, fence.lsn())) {
                lsn = fence.lsn();
            }
        }
        return new Fence(xid, lsn);
    }

    @Override
    public void clear(ChangePoint at) {
        step();
        state.generation = ++generations;
        state.clearing = raised(state.clearing, at);
    }

    @Override
    public void expireValue(int key) {
        state.values[key] = null;
    }

    @Override
    public void expireLease(int key) {
        state.leases[key] = null;
    }

    @Override
    public void expireFence(int key) {
        state.fences[key] = null;
        state.clearing = null;
    }

    @Override
    public void crash(int forgottenSteps) {
        for (int i = 0; i < forgottenSteps && !past.isEmpty(); i++) {
            state = past.removeLast();
        }
        past.clear();
        loaded = false;
    }
}
