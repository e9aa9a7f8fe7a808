package dev.kiln.server.http;

import dev.kiln.core.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/// Bounds how many replies a second say no. Beyond that rate they wait, and the next request of a connection is read when
/// its reply has left: a flood costs a known share of a core, however many connections it has, and nobody else waits for
/// it.
///
/// **Threads:** confined to the event loop.
final class Tarpit {
    /// Later a client would take the miner for dead. With more in flight than may leave in so long, more leave.
    static final Duration LONGEST = Pace.LONGEST;

    private final LongSupplier betweenNanos;
    private final long togetherNanos;
    private final Time time;
    private final Alarm alarm;
    private final ArrayDeque<Held> waiting = new ArrayDeque<>();
    private final Pace pace;
    private boolean alarmed;

    /// A reply that waits.
    private record Held(long dueTick, Runnable reply) {}

    /// Runs something on the event loop after a while.
    interface Alarm {
        void set(Duration after, Runnable then);
    }

    /// @param betweenNanos two replies, on the average; asked anew for each
    /// @param together those that wait leave together so often, at the same moments as of other tarpits: a timer for each would
    ///     cost more than the reply
    Tarpit(LongSupplier betweenNanos, Duration together, Time time, Alarm alarm) {
        this.betweenNanos = betweenNanos;
        this.togetherNanos = together.toNanos();
        this.time = time;
        this.alarm = alarm;
        this.pace = new Pace(time.tick());
    }

    /// Sends one more such reply, now or later.
    ///
    /// @return whether it has to wait
    boolean reply(Runnable reply) {
        long now = time.tick();
        long delay = pace.delay(now, betweenNanos.getAsLong());
        if (delay == 0) {
            reply.run();
            return false;
        }
        waiting.add(new Held(now + delay, reply));
        watch();
        return true;
    }

    private void watch() {
        if (!alarmed && !waiting.isEmpty()) {
            alarmed = true;
            long due = waiting.getFirst().dueTick();
            long next = Math.ceilDiv(due, togetherNanos) * togetherNanos;
            // That moment may have passed since.
            alarm.set(Duration.ofNanos(Math.max(1, next - time.tick())), this::release);
        }
    }

    private void release() {
        alarmed = false;
        long now = time.tick();
        while (!waiting.isEmpty() && waiting.getFirst().dueTick() - now <= 0) {
            waiting.removeFirst().reply().run();
        }
        watch();
    }
}
