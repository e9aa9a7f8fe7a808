package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Finding;
import dev.kiln.loadtest.traffic.Findings;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.Iterator;

/// Cuts a warm-up into windows, and ends it once they agree.
///
/// **Threads:** any.
final class Windows implements Findings {
    private static final long LEAST_NANOS = 1_000_000_000;

    private final SteadyState state = new SteadyState(); // guarded by this
    private final Latencies answered = new Latencies(); // guarded by this
    private long settled; // guarded by this
    private long begun = System.nanoTime(); // guarded by this

    @Override
    public synchronized void record(Arrival arrival, Finding finding) {
        settled++;
        if (finding instanceof Finding.Good) {
            answered.record(arrival.correctedNanos());
        }
        long now = System.nanoTime();
        if (settled >= SteadyState.FEWEST && now - begun >= LEAST_NANOS) {
            state.add(
                    new SteadyState.Window(
                            answered.count() / (double) settled, answered.millisAt(50)));
            answered.clear();
            settled = 0;
            begun = now;
        }
    }

    synchronized boolean steady() {
        return state.steady();
    }

    /// These sends, as long as no steady state is seen.
    Iterator<Timetable.Send> until(Iterator<Timetable.Send> sends) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return !steady() && sends.hasNext();
            }

            @Override
            public Timetable.Send next() {
                return sends.next();
            }
        };
    }
}
