package dev.kiln.loadtest.traffic;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Sends questions at the moments of a timetable, whether or not earlier ones were answered.
///
/// One thread signs and sends: it signs a little ahead, in the gaps that are long enough for it. A second thread that
/// signed would be a rival for the generator's core, and the kernel lets a rival finish its slice of milliseconds before
/// it wakes whoever has to send.
///
/// **Threads:** the thread that calls [#run] signs and sends.
public final class OpenLoop implements Drive {
    /// How long before its moment a question is signed at most: far less than any window for nonces.
    public static final Duration AHEAD = Duration.ofMillis(500);

    private static final int SIGNED_AHEAD = 512;

    /// What is due so soon is signed even in a gap that may be too short.
    private static final long SOON_NANOS = AHEAD.toNanos() / 4;

    /// What signing is allowed for, beyond what it took lately.
    private static final double MARGIN = 1.5;

    private static final double FORGETTING = 0.95;

    private final List<Validator> validators;
    private final Consumer<Arrival> arrivals;
    private final Latencies lateness = new Latencies();
    private final AtomicLong sent = new AtomicLong();
    private volatile boolean stopped; // written by whoever calls stop

    private record Ready(Timetable.Send send, Credentials.Signed signed) {}

    /// @param validators in the order that the timetable's callers count
    /// @param arrivals told once for each question sent, on the event loop
    public OpenLoop(List<Validator> validators, Consumer<Arrival> arrivals) {
        this.validators = List.copyOf(validators);
        this.arrivals = arrivals;
    }

    /// How late the generator itself was: from the intended moment until the event loop has the request in hand.
    @Override
    public Latencies lateness() {
        return lateness;
    }

    /// Questions sent up to now.
    @Override
    public long sent() {
        return sent.get();
    }

    /// Sends everything on the timetable; returns after the last was sent, not after it was answered.
    @Override
    public void run(Iterator<Timetable.Send> timetable) throws InterruptedException {
        var ahead = new Ahead(timetable);
        // The first questions are signed before the clock starts.
        while (ahead.signs(0)) {
            ahead.sign();
        }
        long start = System.nanoTime();
        while (!stopped && ahead.any()) {
            long now = System.nanoTime() - start;
            if (ahead.signs(now)) {
                ahead.sign();
                continue;
            }
            Ready next = ahead.next();
            waitUntil(start + next.send().offsetNanos());
            send(next, start + next.send().offsetNanos());
        }
    }

    /// What is signed and not sent yet.
    private final class Ahead {
        private final Iterator<Timetable.Send> timetable;
        private final Deque<Ready> ready = new ArrayDeque<>();
        private Optional<Timetable.Send> upcoming = Optional.empty();
        private double
                cost; // of signing one, in nanoseconds: the greatest of late, slowly forgotten

        private Ahead(Iterator<Timetable.Send> timetable) {
            this.timetable = timetable;
        }

        /// Whether anything is left to send; the next one is signed then.
        private boolean any() {
            if (ready.isEmpty() && more()) {
                sign();
            }
            return !ready.isEmpty();
        }

        private boolean more() {
            if (upcoming.isEmpty() && timetable.hasNext()) {
                upcoming = Optional.of(timetable.next());
            }
            return upcoming.isPresent();
        }

        /// Whether there is time to sign another one, and it is not too early for it.
        ///
        /// @param now nanoseconds since the start
        private boolean signs(long now) {
            if (ready.size() >= SIGNED_AHEAD || !more()) {
                return false;
            }
            long due = upcoming.orElseThrow().offsetNanos() - now;
            Ready next = ready.peek();
            if (due > AHEAD.toNanos() || next == null || now == 0) {
                return due <= AHEAD.toNanos();
            }
            long gap = next.send().offsetNanos() - now;
            return due < SOON_NANOS ? gap > 0 : (double) gap > MARGIN * cost;
        }

        private void sign() {
            long began = System.nanoTime();
            Timetable.Send send = upcoming.orElseThrow();
            Validator validator = validators.get(send.caller());
            ready.add(new Ready(send, validator.sign(send.question())));
            upcoming = Optional.empty();
            more();
            cost = Math.max(FORGETTING * cost, (double) (System.nanoTime() - began));
        }

        private Ready next() {
            return ready.remove();
        }
    }

    private void send(Ready next, long intended) {
        sent.incrementAndGet();
        validators
                .get(next.send().caller())
                .send(next.send(), next.signed(), intended, new Told(intended));
    }

    private final class Told implements Validator.Teller {
        private final long intended;

        private Told(long intended) {
            this.intended = intended;
        }

        @Override
        public void leaves(long tick) {
            lateness.record(tick - intended);
        }

        @Override
        public void arrived(Arrival arrival) {
            arrivals.accept(arrival);
        }
    }

    /// Sends no more; [#run] returns soon.
    @Override
    public void stop() {
        stopped = true;
    }

    private static void waitUntil(long tick) throws InterruptedException {
        for (long left = tick - System.nanoTime(); left > 0; left = tick - System.nanoTime()) {
            if (Thread.interrupted()) {
                throw new InterruptedException("interrupted while waiting to send");
            }
            LockSupport.parkNanos(left);
        }
    }
}
