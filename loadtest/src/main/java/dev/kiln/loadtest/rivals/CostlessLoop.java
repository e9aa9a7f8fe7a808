package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Turns;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import dev.kiln.loadtest.traffic.Transport;
import dev.kiln.loadtest.traffic.Validator;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A fresh miner of a model that costs nothing, asked by as many as the plan has in flight.
///
/// **Threads:** confined to one.
final class CostlessLoop {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KilnStand stand;
    private final Transport transport;
    private final Callers callers = new Callers(1);
    private final RivalBench.Plan plan;

    /// @param option of the miner's JVM
    CostlessLoop(
            Vertx vertx,
            KilnStand.Menu menu,
            String option,
            List<String> prefix,
            RivalBench.Plan plan)
            throws MinerException, IOException, InterruptedException {
        // Heard by the launcher.
        List<String> words = new ArrayList<>(List.of("env", "KILN_SERVER_JAVA_OPTS=" + option));
        words.addAll(prefix);
        this.plan = plan;
        this.stand = KilnStand.start(menu, callers, KilnStand.Setting.usual(words));
        this.transport = new Transport(vertx, stand.url(), plan.callers(), PATIENCE);
    }

    /// Asks until [SteadyRate] is reached.
    void warmUp(Contender as) throws InterruptedException {
        var steady = new SteadyRate(plan.mostWarmUp());
        while (!steady.reached()) {
            long before = stand.compilingNanos();
            ClosedLoop.Pace pace = ask(as, Duration.ofSeconds(1), _ -> {});
            steady.add(pace.rate(), (stand.compilingNanos() - before) / 1e9 / pace.seconds());
        }
    }

    /// Asks for this long.
    ClosedLoop.Pace ask(Contender as, Duration length, Consumer<Arrival> arrivals)
            throws InterruptedException {
        List<Validator> validators =
                callers.at(as, stand).stream()
                        .map(each -> new Validator("caller", each, transport, Pressure.NUMBERS))
                        .toList();
        return new ClosedLoop(validators, plan.callers(), arrivals)
                .run(new Turns(List.of(Pressure.number()), validators.size()), length);
    }

    void stop() throws IOException, InterruptedException {
        transport.close();
        stand.stop();
    }
}
