package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.miner.MinerException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
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

    private static final Duration LENGTH = Duration.ofSeconds(30);
    private static final int STARTS = 3;

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

    /// Calls a second observed over calls a second unobserved: the median of the starts.
    double ratio() throws MinerException, IOException, InterruptedException {
        double[] ratios = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            progress.accept(
                    "a miner that observes in every other turn, start %d of %d"
                            .formatted(i + 1, STARTS));
            ratios[i] = started();
            progress.accept("%.3f".formatted(ratios[i]));
        }
        return median(ratios);
    }

    private double started() throws MinerException, IOException, InterruptedException {
        var loop = new CostlessLoop(vertx, menu, BY_TURNS, prefix, plan);
        try {
            loop.warmUp(Contender.KILN_KEY);
            Map<Long, LongAdder> answered = new ConcurrentHashMap<>();
            loop.ask(
                    Contender.KILN_KEY,
                    LENGTH,
                    arrival -> {
                        long turn = Math.floorDiv(arrival.doneTick(), TURN_NANOS);
                        answered.computeIfAbsent(turn, _ -> new LongAdder()).increment();
                    });
            return ratio(answered);
        } finally {
            loop.stop();
        }
    }

    /// Of each observed turn over the mean of its unobserved neighbours: the median.
    private static double ratio(Map<Long, LongAdder> answered) {
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
        return median(ratios.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static double count(Map<Long, LongAdder> answered, long turn) {
        return answered.getOrDefault(turn, new LongAdder()).doubleValue();
    }

    /// NaN of none.
    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
    }
}
