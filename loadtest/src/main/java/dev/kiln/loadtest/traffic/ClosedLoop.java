package dev.kiln.loadtest.traffic;

import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Phaser;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Keeps a fixed number of questions in flight: the next goes out when one came back. For rates only; its latencies
/// say nothing about callers on a timetable.
///
/// **Threads:** the caller's signs and sends.
public final class ClosedLoop {
    private final List<Validator> validators;
    private final int inFlight;
    private final Consumer<Arrival> arrivals;
    private volatile boolean stopped; // written by whoever stops it

    /// @param inFlight questions at once, at least 1
    public ClosedLoop(List<Validator> validators, int inFlight, Consumer<Arrival> arrivals) {
        this.validators = List.copyOf(validators);
        this.inFlight = inFlight;
        this.arrivals = arrivals;
    }

    /// What one run measured.
    ///
    /// @param answered responses that came while the clock ran, whatever they say
    /// @param seconds how long it ran
    /// @param endTick when the clock stopped: what came later was under way and is not counted
    public record Pace(long answered, double seconds, long endTick) {
        /// Responses per second.
        public double rate() {
            return answered / seconds;
        }
    }

    /// The same as one drive among others.
    public static Drive drive(
            List<Validator> validators, int inFlight, Duration length, Consumer<Arrival> arrivals) {
        var sent = new AtomicLong();
        var loop = new ClosedLoop(validators, inFlight, arrivals);
        return new Drive() {
            @Override
            public void run(Iterator<Timetable.Send> timetable) throws InterruptedException {
                loop.run(counted(timetable, sent), length);
            }

            @Override
            public long sent() {
                return sent.get();
            }

            @Override
            public Latencies lateness() {
                return new Latencies();
            }

            @Override
            public void stop() {
                loop.stopped = true;
            }
        };
    }

    private static Iterator<Timetable.Send> counted(
            Iterator<Timetable.Send> questions, AtomicLong count) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return questions.hasNext();
            }

            @Override
            public Timetable.Send next() {
                count.incrementAndGet();
                return questions.next();
            }
        };
    }

    /// Asks for this long, then waits for what is still in flight.
    public Pace run(Iterator<Timetable.Send> questions, Duration length)
            throws InterruptedException {
        var free = new Semaphore(inFlight);
        var inside = new Phaser(1);
        long start = System.nanoTime();
        long end = start + length.toNanos();
        var counted = new Counted(end);
        while (System.nanoTime() < end && !stopped && questions.hasNext()) {
            free.acquire();
            Timetable.Send send = questions.next();
            Validator validator = validators.get(send.caller());
            inside.register();
            Credentials.Signed signed = validator.sign(send.question());
            long now = System.nanoTime();
            validator.send(
                    send.at(now - start),
                    signed,
                    now,
                    new Validator.Teller() {
                        @Override
                        public void leaves(long tick) {}

                        @Override
                        public void arrived(Arrival arrival) {
                            counted.take(arrival);
                            free.release();
                            arrivals.accept(arrival);
                            inside.arriveAndDeregister();
                        }
                    });
        }
        double seconds = (Math.min(System.nanoTime(), end) - start) / 1e9;
        inside.arriveAndAwaitAdvance();
        return new Pace(counted.count(), seconds, end);
    }

    /// Counts responses that came in time.
    private static final class Counted {
        private final long end;
        private long count;

        private Counted(long end) {
            this.end = end;
        }

        private synchronized void take(Arrival arrival) {
            if (arrival.doneTick() <= end && arrival.end() instanceof Arrival.Came) {
                count++;
            }
        }

        private synchronized long count() {
            return count;
        }
    }
}
