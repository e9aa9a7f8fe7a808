package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// C14: two miners of one costless model, one of which counts and logs nothing, asked in turns.
///
/// **Threads:** confined to one.
final class Observed {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /// Turns of each; short ones, so that both meet the same neighbours.
    private static final int TURNS = 6;

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

    /// Calls a second observed over calls a second unobserved.
    double ratio() throws MinerException, IOException, InterruptedException {
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
        progress.accept("warming up one miner that observes and one that does not");
        var warm = Duration.ofSeconds(plan.mostWarmUp());
        rate(callers, with, warm);
        rate(callers, without, warm);
        var turn = Duration.ofNanos(Math.round(plan.seconds() * 1e9 / 3));
        double observed = 0;
        double silent = 0;
        for (int i = 0; i < TURNS; i++) {
            progress.accept("observed and not, turn %d of %d".formatted(i + 1, TURNS));
            observed += rate(callers, with, turn);
            silent += rate(callers, without, turn);
        }
        return observed / silent;
    }

    private double rate(Callers callers, KilnStand stand, Duration length)
            throws InterruptedException {
        try (var transport = new Transport(vertx, stand.url(), plan.callers(), PATIENCE)) {
            List<Credentials> credentials = callers.at(Contender.KILN_KEY, stand);
            List<Validator> validators =
                    credentials.stream()
                            .map(each -> new Validator("caller", each, transport, Pressure.NUMBERS))
                            .toList();
            List<Question> one = List.of(Pressure.number());
            return new ClosedLoop(validators, plan.callers(), _ -> {})
                    .run(new Turns(one, validators.size()), length)
                    .rate();
        }
    }
}
