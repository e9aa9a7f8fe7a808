package dev.kiln.loadtest.rivals;

import dev.kiln.core.BatchPolicy;
import dev.kiln.loadtest.bench.RawChild;
import dev.kiln.loadtest.bench.ThreadTimes;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Latencies;
import dev.kiln.loadtest.traffic.Question;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// C7: the tail at 70 % of the peak beside what a queue that loses no time would have given the very same calls, a few times
/// in turns with the raw loop.
///
/// **Threads:** confined to one.
final class Tails {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final KilnStand stand;
    private final Trial trial;
    private final RawTexts raw;
    private final RivalBench.Plan plan;

    Tails(KilnStand stand, Trial trial, RawTexts raw, RivalBench.Plan plan) {
        this.stand = stand;
        this.trial = trial;
        this.raw = raw;
        this.plan = plan;
    }

    /// Two p99 in milliseconds.
    ///
    /// @param rest microseconds that an answer took beside the engine
    private record Tail(double seen, double model, double rest) {
        double ratio() {
            return seen / model;
        }
    }

    void run(List<Question> questions, Goals goals, Consumer<String> progress)
            throws MinerException, IOException, InterruptedException {
        Tail[] tails = new Tail[plan.rounds()];
        for (int i = 0; i < tails.length; i++) {
            RawTexts.Took took = raw.took(plan.seconds() / 2);
            double peak = trial.peak(questions).perSecond();
            progress.accept("%.0f /s; at 70 %% of that".formatted(peak));
            tails[i] = tail(questions, Trial.SHARE * peak, took);
            progress.accept(
                    "p99 %.0f ms, of the model %.0f ms; %.0f us an answer beside the engine"
                            .formatted(tails[i].seen, tails[i].model, tails[i].rest));
        }
        Arrays.sort(tails, Comparator.comparingDouble(Tail::ratio));
        Tail tail = tails[tails.length / 2];
        goals.most(
                "C7: p99 at 70 %% of the peak, %.0f ms, over a queue's that loses no time, %.0f ms (the median of %d stretches, %.2f to %.2f)"
                        .formatted(
                                tail.seen,
                                tail.model,
                                tails.length,
                                tails[0].ratio(),
                                tails[tails.length - 1].ratio()),
                1.5,
                1.2,
                tail.ratio());
    }

    private Tail tail(List<Question> questions, double rate, RawTexts.Took took)
            throws InterruptedException {
        trial.settle(questions, rate, PATIENCE);
        Map<String, Long> before = stand.threadNanos();
        List<Arrival> answered = new ArrayList<>();
        for (Arrival arrival : trial.asked(questions, rate, 2 * plan.seconds(), PATIENCE)) {
            if (Jury.tokens(arrival) > 0) {
                answered.add(arrival);
            }
        }
        Map<String, Double> threads =
                ThreadTimes.between(before, stand.threadNanos(), answered.size());
        double rest = Math.max(0, ThreadTimes.besideEngine(threads) - took.prepare());
        answered.sort(Comparator.comparingLong(Arrival::intendedTick));
        List<QueueModel.Coming> coming = new ArrayList<>();
        var latencies = new Latencies();
        for (Arrival each : answered) {
            int tokens = Math.toIntExact(Jury.tokens(each));
            long since = each.intendedTick() - answered.getFirst().intendedTick();
            coming.add(new QueueModel.Coming(since / 1e3, tokens));
            latencies.record(each.correctedNanos());
        }
        RawChild.BatchRule rule = RawChild.BatchRule.TEXTS;
        var policy =
                new BatchPolicy(rule.maxItems(), rule.maxCost(), rule.maxPadding(), Duration.ZERO);
        var model = new QueueModel(policy, took.line().with(rest)).over(coming);
        return new Tail(
                latencies.millisAt(99), coming.isEmpty() ? Double.NaN : model.millisAt(99), rest);
    }
}
