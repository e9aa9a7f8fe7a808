package dev.kiln.bittensor.wire;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Bounds how many signatures are checked at once: in all, and for each source address.
///
/// Anybody can claim a public hotkey, so nothing is counted per caller here. A quarter of the slots and of the queue is
/// kept for addresses from which a request lately passed every gate; addresses that wait are served in turn, known and
/// unknown ones alternating. Only a full queue refuses.
///
/// **Threads:** any; [#enter] waits.
public final class VerifySlots {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final double LEARNING = 0.05;

    private final int slots;
    private final int slotsPerSource;
    private final int strangerSlots;
    private final int queue;
    private final int queuePerSource;
    private final int strangerQueue;
    private final KnownSources known;
    private final Time time;

    private final ReentrantLock lock = new ReentrantLock();
    // All below are guarded by the lock.
    private final Map<String, Source> sources = new HashMap<>();
    private final ArrayDeque<Source> knownTurn = new ArrayDeque<>();
    private final ArrayDeque<Source> strangerTurn = new ArrayDeque<>();
    private int running;
    private int strangersRunning;
    private int waiting;
    private int strangersWaiting;
    private boolean strangerNext;

    /// What a verification takes, learned; 0 until one was seen.
    private double verifyNanos;

    /// @param slots verifications at once, at least 1
    /// @param queue verifications that may wait, at least 1
    public VerifySlots(int slots, int queue, Time time) {
        if (slots < 1 || queue < 1) {
            throw new IllegalArgumentException(
                    "slots and queue must be at least 1, were %d and %d".formatted(slots, queue));
        }
        this.slots = slots;
        this.strangerSlots = slots - kept(slots);
        this.slotsPerSource = strangerSlots;
        this.queue = queue;
        this.strangerQueue = queue - kept(queue);
        this.queuePerSource = Math.max(1, queue / 2);
        this.known = new KnownSources(time);
        this.time = time;
    }

    private static int kept(int of) {
        return of == 1 ? 0 : Math.max(1, of / 4);
    }

    /// Takes a slot, waiting in the queue if none is free.
    ///
    /// @param address the peer's address; IPv6 addresses count by their first 64 bits
    /// @throws Refused with [Refusal#LIMIT_VERIFY_QUEUE] if the queue is full for this address
    /// @throws InterruptedException if the caller leaves; its place is given up
    public Slot enter(String address) throws Refused, InterruptedException {
        return enter(address, Long.MAX_VALUE);
    }

    /// The same for a request that is worth nothing once its time is over: where the queue alone would take that long,
    /// it is refused at once.
    ///
    /// @param leftNanos what is left of its time
    public Slot enter(String address, long leftNanos) throws Refused, InterruptedException {
        String name = KnownSources.nameOf(address);
        lock.lockInterruptibly();
        try {
            boolean stranger = !known.contains(name);
            Source source = sources.computeIfAbsent(name, Source::new);
            if (source.waiting.isEmpty() && free(source, stranger)) {
                return start(source, stranger);
            }
            refuseLate(source, leftNanos);
            return await(source, stranger);
        } finally {
            lock.unlock();
        }
    }

    /// Notes that a request from this address passed every gate.
    public void passed(String address) {
        lock.lock();
        try {
            known.add(KnownSources.nameOf(address));
        } finally {
            lock.unlock();
        }
    }

    /// How many verifications wait now; for metrics.
    public int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    private void refuseLate(Source source, long leftNanos) throws Refused {
        double wait = (waiting + 1) * verifyNanos / slots;
        if (wait > leftNanos) {
            forgetIfIdle(source);
            throw Refused.until(
                    Refusal.LIMIT_VERIFY_QUEUE,
                    "signatures that wait to be checked take longer than this request's time",
                    Duration.ofNanos((long) (wait - leftNanos)));
        }
    }

    private boolean free(Source source, boolean stranger) {
        return running < slots
                && source.running < slotsPerSource
                && (!stranger || strangersRunning < strangerSlots);
    }

    private Slot start(Source source, boolean stranger) {
        running++;
        source.running++;
        if (stranger) {
            strangersRunning++;
        }
        return new Slot(source, stranger);
    }

    private Slot await(Source source, boolean stranger) throws Refused, InterruptedException {
        if (waiting >= queue
                || source.waiting.size() >= queuePerSource
                || (stranger && strangersWaiting >= strangerQueue)) {
            forgetIfIdle(source);
            throw Refused.until(
                    Refusal.LIMIT_VERIFY_QUEUE,
                    "too many signatures wait to be checked",
                    RETRY_AFTER);
        }
        var waiter = new Waiter(source, stranger, lock.newCondition());
        join(waiter);
        try {
            while (waiter.granted == null) {
                waiter.turn.await();
            }
            return waiter.granted;
        } catch (InterruptedException e) {
            if (waiter.granted == null) {
                leave(waiter);
            } else {
                release(waiter.granted);
            }
            throw e;
        }
    }

    private void join(Waiter waiter) {
        waiter.source.waiting.add(waiter);
        if (waiter.source.waiting.size() == 1) {
            turnOf(waiter).add(waiter.source);
        }
        count(waiter, 1);
    }

    private void leave(Waiter waiter) {
        Source source = waiter.source;
        boolean wasHead = source.waiting.peek() == waiter;
        source.waiting.remove(waiter);
        count(waiter, -1);
        if (wasHead) {
            knownTurn.remove(source);
            strangerTurn.remove(source);
            requeue(source);
            grantAll();
        }
        forgetIfIdle(source);
    }

    private void count(Waiter waiter, int by) {
        waiting += by;
        if (waiter.stranger) {
            strangersWaiting += by;
        }
    }

    private ArrayDeque<Source> turnOf(Waiter waiter) {
        return waiter.stranger ? strangerTurn : knownTurn;
    }

    private void requeue(Source source) {
        Waiter head = source.waiting.peek();
        if (head != null) {
            turnOf(head).add(source);
        }
    }

    private void release(Slot slot) {
        running--;
        slot.source.running--;
        if (slot.stranger) {
            strangersRunning--;
        }
        grantAll();
        forgetIfIdle(slot.source);
    }

    private void learn(long tookNanos) {
        verifyNanos =
                verifyNanos == 0 ? tookNanos : verifyNanos + LEARNING * (tookNanos - verifyNanos);
    }

    private void grantAll() {
        while (running < slots) {
            boolean granted =
                    strangerNext
                            ? grantFrom(strangerTurn) || grantFrom(knownTurn)
                            : grantFrom(knownTurn) || grantFrom(strangerTurn);
            if (!granted) {
                return;
            }
        }
    }

    private boolean grantFrom(ArrayDeque<Source> turn) {
        for (int left = turn.size(); left > 0; left--) {
            Source source = turn.removeFirst();
            Waiter head = source.waiting.getFirst();
            if (free(source, head.stranger)) {
                source.waiting.removeFirst();
                count(head, -1);
                requeue(source);
                head.granted = start(source, head.stranger);
                head.turn.signal();
                strangerNext = !head.stranger;
                return true;
            }
            turn.addLast(source);
        }
        return false;
    }

    private void forgetIfIdle(Source source) {
        if (source.running == 0 && source.waiting.isEmpty()) {
            sources.remove(source.name);
        }
    }

    /// The right to check one signature; closing it a second time does nothing.
    public final class Slot implements AutoCloseable {
        private final Source source;
        private final boolean stranger;
        private final long beganTick = time.tick();
        private boolean released; // guarded by the lock

        private Slot(Source source, boolean stranger) {
            this.source = source;
            this.stranger = stranger;
        }

        @Override
        public void close() {
            lock.lock();
            try {
                if (!released) {
                    released = true;
                    learn(time.tick() - beganTick);
                    release(this);
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /// One address that has something running or waiting.
    private static final class Source {
        private final String name;
        private final ArrayDeque<Waiter> waiting = new ArrayDeque<>();
        private int running;

        Source(String name) {
            this.name = name;
        }
    }

    private static final class Waiter {
        private final Source source;
        private final boolean stranger;
        private final Condition turn;
        private @Nullable Slot granted;

        Waiter(Source source, boolean stranger, Condition turn) {
            this.source = source;
            this.stranger = stranger;
            this.turn = turn;
        }
    }
}
