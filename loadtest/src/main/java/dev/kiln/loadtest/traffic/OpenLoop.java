package dev.kiln.loadtest.traffic;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Sends questions at the moments of a timetable, whether or not earlier ones were answered.
///
/// **Threads:** a thread of its own signs at most [#AHEAD] before the moment of sending, so that signing delays
/// nothing; the thread that calls [#run] sends.
public final class OpenLoop implements Drive {
    /// How long before its moment a question is signed: far less than any window for nonces.
    public static final Duration AHEAD = Duration.ofMillis(500);

    private static final int SIGNED_AHEAD = 512;

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
        BlockingQueue<Optional<Ready>> ready = new ArrayBlockingQueue<>(SIGNED_AHEAD);
        var failure = new AtomicReference<@Nullable RuntimeException>();
        // The first questions are signed before the clock starts.
        long start = System.nanoTime() + AHEAD.toNanos() / 2;
        Thread signer =
                Thread.ofPlatform()
                        .name("signer")
                        .daemon()
                        .start(() -> signAhead(timetable, start, ready, failure));
        try {
            for (Optional<Ready> next = ready.take();
                    next.isPresent() && !stopped;
                    next = ready.take()) {
                send(next.get(), start + next.get().send().offsetNanos());
            }
        } finally {
            signer.interrupt();
        }
        RuntimeException broken = failure.get();
        if (broken != null) {
            throw broken;
        }
    }

    private void send(Ready next, long intended) throws InterruptedException {
        waitUntil(intended);
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

    /// Ends the queue with an empty place, whatever happens.
    private void signAhead(
            Iterator<Timetable.Send> timetable,
            long start,
            BlockingQueue<Optional<Ready>> ready,
            AtomicReference<@Nullable RuntimeException> failure) {
        try {
            try {
                while (timetable.hasNext()) {
                    Timetable.Send send = timetable.next();
                    waitUntil(start + send.offsetNanos() - AHEAD.toNanos());
                    Validator validator = validators.get(send.caller());
                    ready.put(Optional.of(new Ready(send, validator.sign(send.question()))));
                }
            } catch (RuntimeException e) {
                failure.set(e);
            }
            ready.put(Optional.empty());
        } catch (InterruptedException e) {
            // The sender has left; nobody waits for more.
            Thread.currentThread().interrupt();
        }
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
