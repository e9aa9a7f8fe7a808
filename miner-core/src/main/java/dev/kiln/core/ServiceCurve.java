package dev.kiln.core;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;

/// What a lane has learned of its engine: how long a batch takes, by its items and its padded cost.
///
/// Batches of like shape share a cell that follows them; a line through all cells (a fixed price, a price for each item
/// and for each unit of padded cost) tells what no cell knows yet. One strange run moves a cell by little.
///
/// **Threads:** any; every method holds this curve's monitor for about a microsecond.
final class ServiceCurve {
    private static final double LEARNING = 0.1;

    /// A run is taken for at most this many times what its cell knows.
    private static final double OUTLIER = 4;

    /// Runs after which a cell is believed.
    private static final int SURE = 5;

    /// By how much a cell may differ from the line through all.
    private static final double STRANGEST = 3;

    // Guarded by this.
    private final Map<Integer, Cell> cells = new HashMap<>();
    private ServiceLine line = ServiceLine.NONE;

    /// Means of what batches of like shape were and took.
    record Cell(double items, double padded, double nanos, int seen) {
        Cell learn(int itemsNow, long paddedNow, long tookNanos) {
            double share = Math.max(1.0 / (seen + 1), LEARNING);
            double took = seen < SURE ? tookNanos : Math.min((double) tookNanos, OUTLIER * nanos);
            return new Cell(
                    items + share * (itemsNow - items),
                    padded + share * (paddedNow - padded),
                    nanos + share * (took - nanos),
                    Math.min(seen + 1, 1_000));
        }

        Cell seen(int runs) {
            return new Cell(items, padded, nanos, runs);
        }
    }

    /// Learns from one run.
    ///
    /// @param items at least 1
    /// @param padded their number times the cost of the largest
    synchronized void learn(int items, long padded, long tookNanos) {
        int shape = shape(items, padded);
        Cell known = cells.get(shape);
        cells.put(
                shape,
                known == null
                        ? new Cell(items, padded, Math.max(1, tookNanos), 1)
                        : known.learn(items, padded, Math.max(1, tookNanos)));
        line = ServiceLine.through(cells.values());
    }

    /// Learns from a run that did not come to its end: it takes at least so long. What is known grows no surer by it.
    synchronized void atLeast(int items, long padded, long nanos) {
        if (nanos <= batch(items, padded).orElse(0)) {
            return;
        }
        Cell known = cells.get(shape(items, padded));
        learn(items, padded, nanos);
        if (known != null) {
            cells.computeIfPresent(shape(items, padded), (_, cell) -> cell.seen(known.seen()));
        }
    }

    /// How long such a batch takes, in nanoseconds; empty while nothing was learned.
    synchronized OptionalDouble batch(int items, long padded) {
        if (cells.isEmpty()) {
            return OptionalDouble.empty();
        }
        if (cells.size() == 1) {
            // What only one shape taught says nothing of larger ones, and is no reason to refuse
            // them.
            Cell only = cells.values().iterator().next();
            return OptionalDouble.of(
                    only.nanos() * Math.min(1, padded / Math.max(1, only.padded())));
        }
        double expected = line.at(items, (double) padded);
        Cell cell = cells.get(shape(items, padded));
        if (cell != null) {
            double ratio = cell.nanos() / line.at(cell.items(), cell.padded());
            expected *= Math.clamp(ratio, 1 / STRANGEST, STRANGEST);
        }
        return OptionalDouble.of(expected);
    }

    /// Whether batches of such a shape, or of one next to it, were run often enough to be believed.
    synchronized boolean sure(int items, long padded) {
        int size = log(items);
        int cost = log(padded / Math.max(1, items));
        for (int near = Math.max(0, size - 1); near <= size + 1; near++) {
            for (int like = Math.max(0, cost - 1); like <= cost + 1; like++) {
                Cell cell = cells.get(near * Long.SIZE + like);
                if (cell != null && cell.seen() >= SURE) {
                    return true;
                }
            }
        }
        return false;
    }

    /// What one item adds where batches are full of its like, in nanoseconds, at least 1; its bare cost while nothing was learned.
    double work(int cost, BatchPolicy policy) {
        int items = policy.fill(cost);
        OptionalDouble full = batch(items, (long) items * cost);
        return Math.max(1, full.isPresent() ? full.getAsDouble() / items : cost);
    }

    private static int shape(int items, long padded) {
        return log(items) * Long.SIZE + log(padded / Math.max(1, items));
    }

    private static int log(long value) {
        return Long.SIZE - 1 - Long.numberOfLeadingZeros(Math.max(1, value));
    }
}
