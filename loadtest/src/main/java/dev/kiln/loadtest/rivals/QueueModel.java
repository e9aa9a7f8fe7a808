package dev.kiln.loadtest.rivals;

import dev.kiln.core.BatchPolicy;
import dev.kiln.loadtest.traffic.Latencies;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/// What a queue before one engine would give that loses no time: batches by the lanes' own rule as soon as the engine is
/// free, and a measured service time.
///
/// @param policy which waiting items run together
/// @param service how long a batch takes
record QueueModel(BatchPolicy policy, Service service) {
    /// Microseconds that a batch takes: a line in its padded cost, and what each of its items costs beside the engine.
    ///
    /// @param base of every batch
    /// @param perCost for each unit of padded cost
    /// @param perItem for each item, on the same core
    record Service(double base, double perCost, double perItem) {
        /// The line through two points, which never falls and never begins below nothing.
        static Service through(Point small, Point large) {
            double slope =
                    Math.max(0, (large.micros() - small.micros()) / (large.cost() - small.cost()));
            return new Service(Math.max(0, small.micros() - slope * small.cost()), slope, 0);
        }

        Service with(double microsPerItem) {
            return new Service(base, perCost, microsPerItem);
        }

        double micros(int items, long paddedCost) {
            return base + perCost * paddedCost + perItem * items;
        }
    }

    /// A batch of this padded cost takes so long.
    record Point(double cost, double micros) {
        /// What the raw loop's figures say of its mean batch.
        static Point of(Map<String, Double> raw) {
            double items = raw.getOrDefault("items_per_batch", 0.0);
            double cost =
                    raw.getOrDefault("cost_per_s", 0.0) / raw.getOrDefault("items_per_s", 1.0);
            double filled = 1 - raw.getOrDefault("padding_share", 0.0);
            return new Point(
                    items * cost / filled,
                    items
                            * (raw.getOrDefault("run_us", 0.0)
                                    + raw.getOrDefault("prepare_us", 0.0)));
        }
    }

    /// One item.
    ///
    /// @param micros when it comes, from any moment on
    record Coming(double micros, int cost) {}

    /// Latencies from arrival to the end of the batch.
    ///
    /// @param items in the order in which they come
    Latencies over(List<Coming> items) {
        Deque<Coming> coming = new ArrayDeque<>(items);
        List<Coming> waiting = new ArrayList<>();
        var latencies = new Latencies();
        double now = 0;
        while (!coming.isEmpty() || !waiting.isEmpty()) {
            if (waiting.isEmpty()) {
                now = Math.max(now, coming.getFirst().micros());
            }
            while (!coming.isEmpty() && coming.getFirst().micros() <= now) {
                waiting.add(coming.removeFirst());
            }
            int[] chosen = policy.choose(waiting.stream().mapToInt(Coming::cost).toArray());
            int largest = 0;
            for (int index : chosen) {
                largest = Math.max(largest, waiting.get(index).cost());
            }
            now += service.micros(chosen.length, (long) largest * chosen.length);
            for (int i = chosen.length - 1; i >= 0; i--) {
                Coming done = waiting.remove(chosen[i]);
                latencies.record(Math.round((now - done.micros()) * 1e3));
            }
        }
        return latencies;
    }
}
