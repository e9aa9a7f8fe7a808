package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.miner.Metrics;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.traffic.Credentials;
import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Transport;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// One miner of MiniLM, asked by many: its tail at 70 % of its peak, what it delivers at twice and four times that, how fast
/// it refuses, what it computes for callers who left, and what a flood costs the honest.
///
/// **Threads:** confined to one.
final class Crowd {
    /// Of the peak, while a flood goes on: most of the box is idle before it.
    private static final double HONEST_SHARE = 0.3;

    /// Callers who leave before most could be answered.
    private static final Duration IMPATIENCE = Duration.ofMillis(300);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Vertx vertx;
    private final Pinning pinning;
    private final RivalBench.Plan plan;
    private final Goals goals;
    private final Consumer<String> progress;

    Crowd(
            Vertx vertx,
            Pinning pinning,
            RivalBench.Plan plan,
            Goals goals,
            Consumer<String> progress) {
        this.vertx = vertx;
        this.pinning = pinning;
        this.plan = plan;
        this.goals = goals;
        this.progress = progress;
    }

    /// @param parts which of the two that are its own
    void run(List<String> texts, RawTexts raw, Set<Pressure.Part> parts)
            throws MinerException, IOException, InterruptedException {
        var callers = new Callers(plan.callers());
        var setting = KilnStand.Setting.usual(pinning.on(plan.serverCore()));
        KilnStand stand = start(callers, setting);
        try {
            List<Credentials> signing = callers.at(Contender.KILN_SIGNED, stand);
            List<Question> questions = Pressure.ask(texts, stand);
            Trial trial = trial(stand, signing, true);
            progress.accept("warming up until it compiles hardly anything");
            trial.warmUp(Pressure.ask(Pressure.brief(), stand));
            trial.warmUp(questions);
            progress.accept("peak");
            Pressed usual = trial.pressed(questions, plan.callers(), plan.seconds());
            Result.Peak peak = usual.peak();
            progress.accept(
                    "%.0f answers a second, %,d refused"
                            .formatted(peak.perSecond(), peak.refused()));
            if (parts.contains(Pressure.Part.CROWD)) {
                new Tails(stand, trial, raw, plan).run(questions, goals, progress);
                new Goodput(stand, trial, plan).run(questions, goals, progress);
                left(trial, stand, questions, 2 * peak.perSecond());
            }
            if (parts.contains(Pressure.Part.FLOODS)) {
                Trial one = trial(stand, signing.subList(0, 1), true);
                new Heedless(one, trial, stand, plan).run(questions, goals, progress);
                new Floods(vertx, stand, signing, plan)
                        .run(HONEST_SHARE * peak.perSecond(), goals, progress);
            }
        } finally {
            stand.stop();
        }
    }

    private KilnStand start(Callers callers, KilnStand.Setting setting)
            throws MinerException, IOException, InterruptedException {
        return KilnStand.start(Pressure.minilm(KilnStand.MAX_ITEMS), callers, setting);
    }

    private Trial trial(Stand stand, List<Credentials> credentials, boolean receipts) {
        return new Trial(vertx, stand, credentials, new Jury(receipts, Map.of()), plan);
    }

    /// C16: engine time for callers who had left.
    private void left(Trial trial, KilnStand stand, List<Question> questions, double rate)
            throws MinerException, InterruptedException {
        progress.accept("at twice the peak, callers who leave after 0.3 s");
        Metrics before = metrics(stand);
        trial.asked(questions, rate, plan.seconds(), IMPATIENCE);
        Metrics after = metrics(stand);
        double all = after.sumSince(before, "kiln_lane_compute_seconds_total");
        double dead = after.sumSince(before, "kiln_engine_dead_seconds_total");
        double left = after.sumSince(before, "kiln_engine_left_seconds_total");
        goals.most(
                "C16: engine time for callers who had left before their batch, share of all (%.1f %% for those who left in it, after %d ms)"
                        .formatted(100 * left / all, IMPATIENCE.toMillis()),
                0.01,
                0,
                all > 0 ? dead / all : Double.NaN);
    }

    private Metrics metrics(Stand stand) throws MinerException, InterruptedException {
        try (var transport = new Transport(vertx, stand.url(), 1, PATIENCE)) {
            return Pressure.metrics(transport);
        }
    }
}
