package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.LengthMix;
import dev.kiln.loadtest.bench.RawChild;
import dev.kiln.loadtest.bench.ThreadTimes;
import dev.kiln.loadtest.miner.MinerException;
import dev.kiln.loadtest.miner.Pinning;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.Question;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// C1 with two engine threads: answers a second over what two cores could give that lose no time.
///
/// That bound is 2 / (S + rest): S is what a text takes two raw loops that run at once, one on each core, and rest is what
/// an answer takes beside it: the server's threads that are no lane's, less the tokenising that the raw loops do too, and
/// the generator's. Raw loops run before and after each turn of the server, and stand still meanwhile.
///
/// **Threads:** confined to one; two more wait for the raw loops.
final class TwoThreads {
    private static final int CORES = 2;

    /// Nothing is refused: the raw loops run texts of every length as often as they are asked.
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    /// Longer than other stretches: one ratio of three measurements.
    private static final double LONGER = 2;

    private final Vertx vertx;
    private final Pinning pinning;
    private final RivalBench.Plan plan;
    private final Consumer<String> progress;

    TwoThreads(Vertx vertx, Pinning pinning, RivalBench.Plan plan, Consumer<String> progress) {
        this.vertx = vertx;
        this.pinning = pinning;
        this.plan = plan;
        this.progress = progress;
    }

    /// Microseconds of a core that one text or answer takes.
    private record Raw(double text, double prepare) {}

    void run(Goals goals) throws MinerException, IOException, InterruptedException {
        var callers = new Callers(plan.callers());
        List<String> both = pinning.onBoth(plan.serverCore(), plan.generatorCore());
        var setting = new KilnStand.Setting(both, CORES, DEADLINE, "");
        List<String> texts = LengthMix.texts(plan.seed(), 400, Pairs.load());
        Path file = Files.createTempFile("kiln-texts-", ".txt");
        KilnStand stand = KilnStand.start(Pressure.minilm(KilnStand.MAX_ITEMS), callers, setting);
        try {
            Files.write(file, texts);
            List<Question> questions = Pressure.ask(texts, stand);
            var jury = new Jury(true, Map.of());
            var trial =
                    new Trial(vertx, stand, callers.at(Contender.KILN_SIGNED, stand), jury, plan);
            progress.accept("two engine threads: warming up");
            trial.warmUp(Pressure.ask(Pressure.brief(), stand));
            trial.warmUp(questions);
            judge(goals, turns(stand, trial, questions, file));
        } finally {
            stand.stop();
            Files.delete(file);
        }
    }

    /// By how much of the bound was reached, ascending.
    private List<Turn> turns(KilnStand stand, Trial trial, List<Question> questions, Path file)
            throws MinerException, IOException, InterruptedException {
        List<Turn> turns = new ArrayList<>();
        Raw before = raw(file);
        for (int i = 0; i < plan.rounds(); i++) {
            progress.accept("two engine threads, turn %d of %d".formatted(i + 1, plan.rounds()));
            Map<String, Long> earlier = stand.threadNanos();
            Result.Peak peak = trial.peak(questions, LONGER * plan.seconds());
            Map<String, Double> threads =
                    ThreadTimes.between(earlier, stand.threadNanos(), peak.answers());
            Raw after = raw(file);
            Turn turn = Turn.of(peak, threads, mean(before, after));
            progress.accept("%.0f of %.0f /s".formatted(turn.perSecond(), turn.bound()));
            turns.add(turn);
            before = after;
        }
        turns.sort(Comparator.comparingDouble(Turn::kept));
        return turns;
    }

    /// @param rest microseconds of an answer that are neither the raw loop's nor the generator's
    /// @param generator microseconds of its processor time an answer
    private record Turn(double perSecond, double raw, double rest, double generator) {
        static Turn of(Result.Peak peak, Map<String, Double> threads, Raw raw) {
            double rest = Math.max(0, ThreadTimes.besideEngine(threads) - raw.prepare());
            double generator = peak.generatorShare() * 1e6 / peak.perSecond();
            return new Turn(peak.perSecond(), raw.text(), rest, generator);
        }

        double bound() {
            return CORES * 1e6 / (raw + rest + generator);
        }

        double kept() {
            return perSecond / bound();
        }
    }

    private static void judge(Goals goals, List<Turn> turns) {
        Turn middle = turns.get(turns.size() / 2);
        goals.least(
                "C1: two engine threads, %.0f /s, over two cores' bound, %.0f /s (of an answer: the raw loop's %.0f us, verifying, signing and HTTP %.0f us, generator %.0f us; the median of %d turns, %.2f to %.2f)"
                        .formatted(
                                middle.perSecond(),
                                middle.bound(),
                                middle.raw(),
                                middle.rest(),
                                middle.generator(),
                                turns.size(),
                                turns.getFirst().kept(),
                                turns.getLast().kept()),
                0.95,
                0,
                middle.kept());
    }

    private static Raw mean(Raw one, Raw other) {
        return new Raw((one.text() + other.text()) / 2, (one.prepare() + other.prepare()) / 2);
    }

    /// Two raw loops at once, one on each core.
    private Raw raw(Path texts) throws MinerException, IOException, InterruptedException {
        progress.accept("two raw loops at once");
        RawChild.BatchRule rule = RawChild.BatchRule.TEXTS;
        // Between them they have as many texts to choose from as the server.
        var work = new RawChild.Work("embedded:minilm", texts, rule, plan.callers() / CORES);
        List<Future<Map<String, Double>>> loops = new ArrayList<>();
        double perSecond = 0;
        double prepare = 0;
        try (var threads = Executors.newFixedThreadPool(CORES)) {
            for (int core : List.of(plan.serverCore(), plan.generatorCore())) {
                var child = new RawChild(pinning, core, work);
                loops.add(threads.submit(() -> child.run(LONGER * plan.seconds())));
            }
            for (Future<Map<String, Double>> loop : loops) {
                perSecond += loop.get().getOrDefault("items_per_s", 0.0);
                prepare += loop.get().getOrDefault("prepare_us", 0.0) / CORES;
            }
        } catch (ExecutionException e) {
            throw new MinerException("a raw loop failed: " + e.getMessage(), "");
        }
        return new Raw(CORES * 1e6 / perSecond, prepare);
    }
}
