package dev.kiln.adapter.probe;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// When an engine ran, by the host's clock: a run is what lies between a call and its return, copies included. That is
/// an upper bound of the time in which the device computes; a timer on the device would know better.
///
/// @param count of runs
/// @param wallSeconds from the first one's begin to the last one's end
/// @param busy share of that in which at least one run was under way
/// @param gapMicrosMedian of the idle time before each run but the first; 0 before one that began while another ran
/// @param gapMicrosP99 of the same
record RunTimes(
        int count,
        double wallSeconds,
        double busy,
        double gapMicrosMedian,
        double gapMicrosP99,
        double runMicrosMedian) {
    private static final double BUSY_FLOOR = 0.93;
    private static final long GAP_FLOOR_MICROS = 200;

    record Run(long beganTick, long endedTick) {}

    /// @param runs at least one
    static RunTimes of(List<Run> runs) {
        List<Run> inOrder = new ArrayList<>(runs);
        inOrder.sort(Comparator.comparingLong(Run::beganTick));
        long first = inOrder.getFirst().beganTick();
        long until = inOrder.getFirst().endedTick();
        long busy = until - first;
        List<Long> gaps = new ArrayList<>();
        for (Run run : inOrder.subList(1, inOrder.size())) {
            gaps.add(Math.max(0, run.beganTick() - until));
            busy += Math.max(0, run.endedTick() - Math.max(until, run.beganTick()));
            until = Math.max(until, run.endedTick());
        }
        List<Long> took = runs.stream().map(run -> run.endedTick() - run.beganTick()).toList();
        double wall = until - first;
        return new RunTimes(
                runs.size(),
                wall / 1e9,
                busy / wall,
                rank(gaps, 0.5) / 1e3,
                rank(gaps, 0.99) / 1e3,
                rank(took, 0.5) / 1e3);
    }

    private static double rank(List<Long> values, double share) {
        List<Long> sorted = values.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    /// Writes them beside the floors of a GPU's busy fraction (G2) and of the gap between its batches (G3).
    Section into(Section section) {
        return section.with("clock", "host")
                .with("busy_seen_from_host", busy)
                .with("busy_floor_g2", BUSY_FLOOR)
                .with("gap_us_median", gapMicrosMedian)
                .with("gap_us_p99", gapMicrosP99)
                .with("gap_us_floor_g3", GAP_FLOOR_MICROS)
                .with("run_us_median", runMicrosMedian);
    }
}
