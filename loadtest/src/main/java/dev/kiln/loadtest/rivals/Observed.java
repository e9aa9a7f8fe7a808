package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.CompilePause;
import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// C14: two miners of one costless model, one of which counts and logs nothing, asked in turns, each warm before. Started
/// anew a few times: what a process compiles, and how, is not the same twice, and differs by more than counting costs.
///
/// **Threads:** confined to one.
final class Observed {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Of turns next to each other; the median of their ratios is what neighbours on the machine disturb least.
    private static final int PAIRS = 15;

    private static final int STARTS = 3;

    private static final Duration TURN = Duration.ofSeconds(1);

    /// Heard by the launcher; the server then drops what it would count and log of calls.
    private static final String UNOBSERVED = "KILN_SERVER_JAVA_OPTS=-Dkiln.unobserved=true";

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
        this.prefix = List.copyOf(prefix);
        this.plan = plan;
        this.progress = progress;
    }

    /// Calls a second observed over calls a second unobserved: the median of the starts.
    double ratio() throws MinerException, IOException, InterruptedException {
        double[] ratios = new double[STARTS];
        for (int i = 0; i < STARTS; i++) {
            progress.accept(
                    "one miner that observes and one that does not, start %d of %d"
                            .formatted(i + 1, STARTS));
            ratios[i] = started();
        }
        return median(ratios);
    }

    private double started() throws MinerException, IOException, InterruptedException {
        List<String> silent = new ArrayList<>(List.of("env", UNOBSERVED));
        silent.addAll(prefix);
        var callers = new Callers(1);
        KilnStand with = KilnStand.start(menu, callers, KilnStand.Setting.usual(prefix));
        try {
            KilnStand without = KilnStand.start(menu, callers, KilnStand.Setting.usual(silent));
            try {
                return ratio(callers, with, without);
            } finally {
                without.stop();
            }
        } finally {
            with.stop();
        }
    }

    private double ratio(Callers callers, KilnStand with, KilnStand without)
            throws InterruptedException {
        try (var observed = new Transport(vertx, with.url(), plan.callers(), PATIENCE);
                var silent = new Transport(vertx, without.url(), plan.callers(), PATIENCE)) {
            List<Validator> asObserved = validators(callers, with, observed);
            List<Validator> asSilent = validators(callers, without, silent);
            warmUp(asObserved, with);
            warmUp(asSilent, without);
            double[] ratios = new double[PAIRS];
            for (int i = 0; i < PAIRS; i++) {
                // Either goes first as often as the other.
                double first = rate(i % 2 == 0 ? asObserved : asSilent, TURN);
                double second = rate(i % 2 == 0 ? asSilent : asObserved, TURN);
                ratios[i] = i % 2 == 0 ? first / second : second / first;
            }
            return median(ratios);
        }
    }

    /// @param values an odd number of them
    private static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private void warmUp(List<Validator> validators, KilnStand stand) throws InterruptedException {
        var steady = new SteadyRate(plan.mostWarmUp());
        while (!steady.reached()) {
            long before = stand.compilingNanos();
            double rate = rate(validators, TURN);
            CompilePause.take(stand::compilingNanos);
            steady.add(rate, (stand.compilingNanos() - before) / (double) TURN.toNanos());
        }
    }

    private static List<Validator> validators(
            Callers callers, KilnStand stand, Transport transport) {
        return callers.at(Contender.KILN_KEY, stand).stream()
                .map(each -> new Validator("caller", each, transport, Pressure.NUMBERS))
                .toList();
    }

    private double rate(List<Validator> validators, Duration length) throws InterruptedException {
        List<Question> one = List.of(Pressure.number());
        return new ClosedLoop(validators, plan.callers(), _ -> {})
                .run(new Turns(one, validators.size()), length)
                .rate();
    }
}
