package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.traffic.Question;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// C6: what is left of batching's gain: two miners, one of which takes texts one by one, and the raw loop both ways, in
/// turns. The route's deadline leaves room for all that is in flight: what is refused would be work that the raw loop has
/// not.
///
/// **Threads:** confined to one.
final class Batching {
    private final Vertx vertx;
    private final Pinning pinning;
    private final RivalBench.Plan plan;
    private final Consumer<String> progress;
    private final Callers callers;
    private final double[] gains;
    private double raw;
    private double served;
    private long refused;

    Batching(Vertx vertx, Pinning pinning, RivalBench.Plan plan, Consumer<String> progress) {
        this.vertx = vertx;
        this.pinning = pinning;
        this.plan = plan;
        this.progress = progress;
        this.callers = new Callers(plan.callers());
        this.gains = new double[plan.rounds()];
    }

    void run(List<String> texts, RawTexts loop, Goals goals)
            throws MinerException, IOException, InterruptedException {
        KilnStand single = start(1);
        try {
            KilnStand many = start(KilnStand.MAX_ITEMS);
            try {
                progress.accept(
                        "warming up a miner that takes texts one by one, and one that batches");
                measure(trial(single, texts), trial(many, texts), loop);
            } finally {
                many.stop();
            }
        } finally {
            single.stop();
        }
        Arrays.sort(gains);
        goals.least(
                "C6: batching gain kept, served %.2f over raw %.2f in the last of %d rounds (%.2f to %.2f; %,d refused)"
                        .formatted(
                                served,
                                raw,
                                gains.length,
                                gains[0],
                                gains[gains.length - 1],
                                refused),
                0.90,
                0.97,
                gains[gains.length / 2]);
    }

    private record Warm(Trial trial, List<Question> questions) {
        Result.Peak peak(double seconds) throws InterruptedException {
            return trial.peak(questions, seconds);
        }
    }

    private void measure(Warm single, Warm many, RawTexts loop)
            throws MinerException, IOException, InterruptedException {
        double seconds = plan.seconds() / 2;
        for (int i = 0; i < gains.length; i++) {
            progress.accept(
                    "batches of one and of 32, raw and served, round %d of %d"
                            .formatted(i + 1, gains.length));
            double rawSingle = loop.perSecond(1, seconds);
            Result.Peak servedSingle = single.peak(seconds);
            double rawMany = loop.perSecond(KilnStand.MAX_ITEMS, seconds);
            Result.Peak servedMany = many.peak(seconds);
            raw = rawMany / rawSingle;
            served = servedMany.perSecond() / servedSingle.perSecond();
            gains[i] = served / raw;
            refused += servedSingle.refused() + servedMany.refused();
            progress.accept(
                    "raw %.0f and %.0f /s, served %.0f and %.0f"
                            .formatted(
                                    rawSingle,
                                    rawMany,
                                    servedSingle.perSecond(),
                                    servedMany.perSecond()));
        }
    }

    private KilnStand start(int items) throws MinerException, IOException, InterruptedException {
        var setting =
                new KilnStand.Setting(pinning.on(plan.serverCore()), 1, Duration.ofSeconds(60), "");
        return KilnStand.start(Pressure.minilm(items), callers, setting);
    }

    private Warm trial(KilnStand stand, List<String> texts) throws InterruptedException {
        var trial =
                new Trial(
                        vertx,
                        stand,
                        callers.at(Contender.KILN_KEY, stand),
                        new Jury(false, Map.of()),
                        plan);
        trial.warmUp(Pressure.ask(Pressure.brief(), stand));
        List<Question> questions = Pressure.ask(texts, stand);
        trial.warmUp(questions);
        return new Warm(trial, questions);
    }
}
