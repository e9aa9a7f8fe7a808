package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Median;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// What it is worth that a miner's threads run whole slices of a core: starts with and without, in turns, on one core.
///
/// **Threads:** confined to one.
final class Slices {
    private static final List<Contender> AS = List.of(Contender.KILN_KEY, Contender.KILN_SIGNED);

    private final Vertx vertx;
    private final KilnStand.Menu menu;
    private final List<String> prefix;
    private final RivalBench.Plan plan;
    private final Consumer<String> progress;

    Slices(
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

    void run(Goals goals) throws MinerException, IOException, InterruptedException {
        double[][] whole = new double[AS.size()][plan.rounds()];
        double[][] pushed = new double[AS.size()][plan.rounds()];
        for (int round = 0; round < plan.rounds(); round++) {
            start(true, round, whole);
            start(false, round, pushed);
        }
        for (int as = 0; as < AS.size(); as++) {
            double[] with = whole[as];
            double[] without = pushed[as];
            double[] ratios = new double[plan.rounds()];
            Arrays.setAll(ratios, i -> with[i] / without[i]);
            Arrays.sort(ratios);
            goals.least(
                    "whole slices, %s: %,.0f calls of the costless model a second over %,.0f without, medians of %d starts each (%.2f to %.2f)"
                            .formatted(
                                    AS.get(as).auth(),
                                    Median.of(Arrays.stream(with)),
                                    Median.of(Arrays.stream(without)),
                                    plan.rounds(),
                                    ratios[0],
                                    ratios[ratios.length - 1]),
                    1,
                    0,
                    Median.of(Arrays.stream(ratios)));
        }
    }

    private void start(boolean whole, int round, double[][] figures)
            throws MinerException, IOException, InterruptedException {
        progress.accept(
                "a miner %s whole slices, start %d of %d"
                        .formatted(whole ? "with" : "without", round + 1, plan.rounds()));
        Duration length = Duration.ofNanos(Math.round(plan.seconds() * 1e9));
        String option = "-Dkiln.whole-slices=" + whole;
        var loop = new CostlessLoop(vertx, menu, option, prefix, plan);
        try {
            for (int as = 0; as < AS.size(); as++) {
                loop.warmUp(AS.get(as));
                var right = new AtomicLong();
                double seconds =
                        loop.ask(AS.get(as), length, arrival -> right.addAndGet(answered(arrival)))
                                .seconds();
                figures[as][round] = right.get() / seconds;
                progress.accept("%s: %,.0f/s".formatted(AS.get(as).auth(), figures[as][round]));
            }
        } finally {
            loop.stop();
        }
    }

    private static int answered(Arrival arrival) {
        return arrival.end() instanceof Arrival.Came(var received) && received.status() == 200
                ? 1
                : 0;
    }
}
