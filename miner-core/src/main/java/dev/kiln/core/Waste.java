package dev.kiln.core;

import dev.kiln.core.Place.Job;
import java.util.List;

/// Whose callers had left when a run began, and what of its time nobody waited for the end of.
///
/// **Threads:** confined to the run's.
final class Waste {
    private final List<Job> jobs;
    private final boolean[] gone;

    /// Looks who has left by now.
    Waste(List<Job> jobs) {
        this.jobs = jobs;
        this.gone = new boolean[jobs.size()];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = jobs.get(i).ticket().over();
        }
    }

    /// The run is over.
    ///
    /// @param wanted whether somebody still waited, for each
    void count(LaneCounts counts, boolean[] wanted, long tookNanos) {
        double work = 0;
        double dead = 0;
        double left = 0;
        for (int i = 0; i < gone.length; i++) {
            double its = jobs.get(i).work();
            work += its;
            dead += gone[i] ? its : 0;
            left += wanted[i] || gone[i] ? 0 : its;
        }
        double each = tookNanos / work;
        counts.wasted(dead * each, left * each);
    }
}
