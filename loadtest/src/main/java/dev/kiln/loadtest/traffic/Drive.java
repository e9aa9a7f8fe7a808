package dev.kiln.loadtest.traffic;

import java.util.Iterator;

/// A way of sending what stands on a timetable.
public interface Drive {
    /// Sends; returns once nothing more will be sent.
    void run(Iterator<Timetable.Send> timetable) throws InterruptedException;

    /// Requests sent up to now.
    ///
    /// **Threads:** any.
    long sent();

    /// How late the generator itself was; empty where no moment was intended.
    Latencies lateness();

    /// Sends no more; [#run] returns soon.
    ///
    /// **Threads:** any.
    void stop();
}
