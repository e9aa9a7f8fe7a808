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
                Capacity capacity = capacity(trial, questions, usual);
                overload(trial, stand, questions, capacity);
                left(trial, stand, questions, 2 * capacity.perSecond());
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

    /// The most that it does, by either measure.
    ///
    /// @param tokensEach of an answer where it answers most
    private record Capacity(double perSecond, double tokensPerSecond, double tokensEach) {}

    private Capacity capacity(Trial trial, List<Question> questions, Pressed usual)
            throws InterruptedException {
        Pressed deep = trial.pressed(questions, Trial.DEEPER * plan.callers(), plan.seconds());
        Pressed more = deep.peak().perSecond() > usual.peak().perSecond() ? deep : usual;
        var capacity =
                new Capacity(
                        more.peak().perSecond(),
                        Math.max(usual.tokensPerSecond(), deep.tokensPerSecond()),
                        more.tokensPerSecond() / more.peak().perSecond());
        progress.accept(
                "at most %.0f answers and %,.0f tokens a second"
                        .formatted(capacity.perSecond(), capacity.tokensPerSecond()));
        return capacity;
    }

    /// C8, C9, whether what was admitted was in time, and whether refusals were needed.
    private void overload(Trial trial, KilnStand stand, List<Question> questions, Capacity capacity)
            throws InterruptedException {
        double peak = capacity.perSecond();
        progress.accept("at twice the peak");
        trial.settle(questions, 2 * peak, Trial.DEADLINE);
        var busy = new Busy(stand, plan.seconds());
        Thread watcher = Thread.ofPlatform().daemon().start(busy);
        Overloaded atTwice = trial.overloaded(questions, 2 * peak);
        Result.Overload twice = atTwice.overload();
        watcher.join();
        progress.accept("at four times the peak");
        trial.settle(questions, 4 * peak, Trial.DEADLINE);
        Overloaded atFour = trial.overloaded(questions, 4 * peak);
        goodput(2, atTwice, capacity, 0.95, 0.98);
        goodput(4, atFour, capacity, 0.9, 0);
        goals.most(
                "C9: refusal p99 at 2×, ms from sending (the generator itself was late by %.1f ms at p99)"
                        .formatted(twice.latenessP99Ms()),
                10,
                2,
                twice.refusalP99Ms());
        double admitted = twice.goodPerSecond() * plan.seconds() + twice.late();
        goals.most("admitted at 2× but late", 0.005, 0, twice.late() / Math.max(1, admitted));
        // Whatever the order, nobody could have answered more than the core had time left for.
        double possible = Math.max(0, 1 - busy.share) * peak * plan.seconds();
        goals.most(
                "refused at 2× without need: answers the core had time left for (%.1f %% of it), of %,d refused"
                        .formatted(100 * Math.max(0, 1 - busy.share), twice.refused()),
                0.02,
                0,
                possible / Math.max(1, twice.refused()));
    }

    /// In tokens: a peak of shorter answers than are asked for is no peak of these.
    private void goodput(int times, Overloaded there, Capacity capacity, double floor, double aim) {
        goals.least(
                "C8: goodput at %d× over peak, in tokens (%.0f answers a second of %.1f tokens, at most %.0f of %.1f)"
                        .formatted(
                                times,
                                there.overload().goodPerSecond(),
                                there.tokensPerSecond() / there.overload().goodPerSecond(),
                                capacity.perSecond(),
                                capacity.tokensEach()),
                floor,
                aim,
                there.tokensPerSecond() / capacity.tokensPerSecond());
    }

    /// Watches how much of its core the server uses, from the end of the run-in on.
    private static final class Busy implements Runnable {
        private final KilnStand stand;
        private final double seconds;
        private volatile double share = Double.NaN;

        Busy(KilnStand stand, double seconds) {
            this.stand = stand;
            this.seconds = seconds;
        }

        @Override
        public void run() {
            try {
                Thread.sleep(Math.round(Trial.RUN_IN_SECONDS * 1e3));
                double before = stand.cpuMicros();
                long beganTick = System.nanoTime();
                Thread.sleep(Math.round(seconds * 1e3));
                share = (stand.cpuMicros() - before) * 1e3 / (System.nanoTime() - beganTick);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
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
