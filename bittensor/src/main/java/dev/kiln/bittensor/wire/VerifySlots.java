package dev.kiln.bittensor.wire;

import dev.kiln.core.Deadline;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Bounds how many signatures are checked at once: in all, and for each source address.
///
/// Anybody can claim a public hotkey, so nothing is counted per caller here. A quarter of the slots and of the queue is
/// kept for addresses from which a request lately passed every gate; addresses that wait are served in turn, known and
/// unknown ones alternating. A full queue refuses, and one that takes longer than a request has time for.
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
        Deadline never = new Deadline(time.tick() + Long.MAX_VALUE / 2);
        return enter(address, new Haste(never, never, () -> 0));
    }

    /// The same for a request that has a time.
    ///
    /// @throws Refused also with [Refusal#LIMIT_WOULD_MISS_DEADLINE] if the queue and what comes behind it together
    ///     take longer than the request has time for, and with [Refusal#LIMIT_VERIFY_QUEUE] if the queue alone does
    Slot enter(String address, Haste haste) throws Refused, InterruptedException {
        String name = KnownSources.nameOf(address);
        Optional<Slot> free = withLock(name, this::startIfFree);
        if (free.isPresent()) {
            return free.get();
        }
        // Asked without the lock: who tells has locks of its own.
        long behind = haste.behind().getAsLong();
        return withLock(
                name,
                (source, stranger) -> {
                    Optional<Slot> freed = startIfFree(source, stranger);
                    if (freed.isPresent()) {
                        return freed.get();
                    }
                    refuseLate(haste.due(), behind);
                    return await(source, stranger, haste.worthless());
                });
    }

    /// By when a request must be done.
    ///
    /// @param due until then all of it may take, as far as can be told beforehand
    /// @param worthless from then on it is not checked any more
    /// @param behind nanoseconds foretold for what comes behind the queue; asked only where the request has to wait
    record Haste(Deadline due, Deadline worthless, LongSupplier behind) {}

    /// What is done for one address.
    @FunctionalInterface
    private interface ForSource<T> {
        T apply(Source source, boolean stranger) throws Refused, InterruptedException;
    }

    private <T> T withLock(String name, ForSource<T> body) throws Refused, InterruptedException {
        lock.lockInterruptibly();
        try {
            Source source = sources.computeIfAbsent(name, Source::new);
            try {
                return body.apply(source, !known.contains(name));
            } finally {
                forgetIfIdle(source);
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Slot> startIfFree(Source source, boolean stranger) {
        return source.waiting.isEmpty() && free(source, stranger)
                ? Optional.of(start(source, stranger))
                : Optional.empty();
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

    private void refuseLate(Deadline due, long behindNanos) throws Refused {
        double wait = (waiting + 1) * verifyNanos / slots;
        long left = due.left(time.tick());
        if (wait + behindNanos <= left) {
            return;
        }
        Duration excess = Duration.ofNanos((long) (wait + behindNanos - left));
        if (wait > left) {
            throw Refused.until(
                    Refusal.LIMIT_VERIFY_QUEUE,
                    "signatures that wait to be checked take longer than this request's time",
                    excess);
        }
        throw Refused.until(
                Refusal.LIMIT_WOULD_MISS_DEADLINE,
                "predicted %d ms, signatures that wait included; the deadline leaves %d ms"
                        .formatted((long) (wait + behindNanos) / 1_000_000, left / 1_000_000),
                excess);
    }

    /// When all that waits now will have been checked.
    private Duration queueTakes() {
        return verifyNanos == 0
                ? RETRY_AFTER
                : Duration.ofNanos((long) ((waiting + 1) * verifyNanos / slots));
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

    private Slot await(Source source, boolean stranger, Deadline worthless)
            throws Refused, InterruptedException {
        if (waiting >= queue
                || source.waiting.size() >= queuePerSource
                || (stranger && strangersWaiting >= strangerQueue)) {
            throw Refused.until(
                    Refusal.LIMIT_VERIFY_QUEUE,
                    "too many signatures wait to be checked",
                    queueTakes());
        }
        var waiter = new Waiter(source, stranger, lock.newCondition());
        join(waiter);
        Slot granted = null;
        try {
            long left = worthless.left(time.tick());
            while (waiter.granted == null && left > 0) {
                waiter.turn.awaitNanos(left);
                left = worthless.left(time.tick());
            }
            granted = left > 0 ? waiter.granted : null;
        } finally {
            if (granted == null) {
                giveUp(waiter);
            }
        }
        if (granted == null) {
            throw Refused.until(
                    Refusal.LIMIT_VERIFY_QUEUE,
                    "this request's time passed before its signature could be checked",
                    queueTakes());
        }
        return granted;
    }

    private void giveUp(Waiter waiter) {
        if (waiter.granted == null) {
            leave(waiter);
        } else {
            release(waiter.granted);
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
            sources.remove(source.name, source);
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
