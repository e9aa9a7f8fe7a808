package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.miner.MinerException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// C14: a miner of a costless model that counts and logs in every other quarter of a second only. One process, since two
/// compile the same code in two ways, which differ by more than counting costs; turns that short, since neighbours on the
/// machine disturb two that lie next to each other alike.
///
/// **Threads:** confined to one.
final class Observed {
    /// As the server has them: `EveryOther` there, by the clock that processes of one machine share.
    private static final long TURN_NANOS = 250_000_000;

    private static final String BY_TURNS = "-Dkiln.observe-by-turns=true";

    private final Vertx vertx;
    private final KilnStand.Menu menu;
    private final List<String> prefix;
    private final RivalBench.Plan plan;
    private final Consumer<String> progress;

    Observed(
            Vertx vertx,
            KilnStand.Menu menu,
            List<String> prefix,
            RivalBench.Plan plan,
            Consumer<String> progress) {
        this.vertx = vertx;
        this.menu = menu;
        this.prefix = prefix;
        this.plan = plan;
        this.progress = progress;
    }

    /// Calls a second observed over calls a second unobserved.
    ///
    /// @param middle the median of all turns
    /// @param low the median's interval of 95 % begins here, by the ranks of the turns
    /// @param high and ends here
    record Ratio(double middle, double low, double high) {
        /// @param ratios of each observed turn over its neighbours; NaN of none
        static Ratio of(List<Double> ratios) {
            double[] sorted = ratios.stream().mapToDouble(Double::doubleValue).sorted().toArray();
            if (sorted.length == 0) {
                return new Ratio(Double.NaN, Double.NaN, Double.NaN);
            }
            int middle = sorted.length / 2;
            int off = (int) Math.min(middle, Math.ceil(0.98 * Math.sqrt(sorted.length)));
            int high = Math.min(sorted.length - 1, middle + off);
            return new Ratio(sorted[middle], sorted[middle - off], sorted[high]);
        }
    }

    /// Of all turns of all starts.
    Ratio ratio() throws MinerException, IOException, InterruptedException {
        List<Double> all = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            progress.accept(
                    "a miner that observes in every other turn, start %d of %d"
                            .formatted(i + 1, plan.rounds()));
            List<Double> ratios = started();
            progress.accept("%.3f".formatted(Ratio.of(ratios).middle()));
            all.addAll(ratios);
        }
        return Ratio.of(all);
    }

    private List<Double> started() throws MinerException, IOException, InterruptedException {
        var loop = new CostlessLoop(vertx, menu, BY_TURNS, prefix, plan);
        try {
            loop.warmUp(Contender.KILN_KEY);
            Map<Long, LongAdder> answered = new ConcurrentHashMap<>();
            loop.ask(
                    Contender.KILN_KEY,
                    Duration.ofNanos(Math.round(6e9 * plan.seconds())),
                    arrival -> {
                        long turn = Math.floorDiv(arrival.doneTick(), TURN_NANOS);
                        answered.computeIfAbsent(turn, _ -> new LongAdder()).increment();
                    });
            return ratios(answered);
        } finally {
            loop.stop();
        }
    }

    /// Of each observed turn over the mean of its unobserved neighbours.
    private static List<Double> ratios(Map<Long, LongAdder> answered) {
        long first = answered.keySet().stream().mapToLong(Long::longValue).min().orElse(0);
        long last = answered.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
        List<Double> ratios = new ArrayList<>();
        // The first and the last turn are not whole, and so nobody's neighbours.
        for (long turn = first + 2; turn <= last - 2; turn++) {
            if (Math.floorMod(turn, 2) == 0) {
                double beside = count(answered, turn - 1) + count(answered, turn + 1);
                ratios.add(2 * count(answered, turn) / beside);
            }
        }
        return ratios;
    }

    private static double count(Map<Long, LongAdder> answered, long turn) {
        return answered.getOrDefault(turn, new LongAdder()).doubleValue();
    }
}
