package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Median;
import dev.kiln.loadtest.traffic.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// C8 and C9: what is answered in time at twice and four times the peak, in turns with the peak, how fast the rest is refused, and
/// whether it had to be.
///
/// Goodput is in tokens: under refusals short texts find room more often, so that a peak in answers may be one of shorter texts
/// than are asked for.
///
/// **Threads:** confined to one.
final class Goodput {
    private final KilnStand stand;
    private final Trial trial;
    private final RivalBench.Plan plan;

    Goodput(KilnStand stand, Trial trial, RivalBench.Plan plan) {
        this.stand = stand;
        this.trial = trial;
        this.plan = plan;
    }

    /// One peak and what came beyond it.
    ///
    /// @param usual one call in flight for each caller
    /// @param deep more of them
    /// @param inUsual what the server used then
    /// @param inTwice what it used at twice the peak
    private record Turn(
            Pressed usual,
            Watch.Seen inUsual,
            Pressed deep,
            Overloaded twice,
            Watch.Seen inTwice,
            Overloaded fourfold) {
        /// Most answers a second.
        double perSecond() {
            return most(usual, deep);
        }

        /// Whatever the order, nobody could have answered more than the core had time left for.
        double possible(double seconds) {
            return Math.max(0, 1 - inTwice.share()) * perSecond() * seconds;
        }

        void tell(Consumer<String> progress) {
            progress.accept(
                    "%,.0f and %,.0f tokens a second, at most %.0f answers; at twice that %,.0f in %.0f, at four times %,.0f in %.0f"
                            .formatted(
                                    usual.tokensPerSecond(),
                                    deep.tokensPerSecond(),
                                    perSecond(),
                                    twice.tokensPerSecond(),
                                    twice.overload().goodPerSecond(),
                                    fourfold.tokensPerSecond(),
                                    fourfold.overload().goodPerSecond()));
            progress.accept(
                    "us a token of the server's threads, one call in flight for each caller: %s"
                            .formatted(inUsual.micros(usual.tokensPerSecond())));
            progress.accept(
                    "at twice the peak: %s".formatted(inTwice.micros(twice.tokensPerSecond())));
        }
    }

    void run(List<Question> questions, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            progress.accept(
                    "the peak, twice and four times that, turn %d of %d"
                            .formatted(i + 1, plan.rounds()));
            turns.add(turn(questions));
            turns.getLast().tell(progress);
        }
        Function<Turn, Pressed> peak = peak(turns);
        goodput("2×", kept(turns, peak, Turn::twice), goals, 0.95, 0.98);
        goodput("4×", kept(turns, peak, Turn::fourfold), goals, 0.9, 0);
        refusals(turns, goals);
    }

    private Turn turn(List<Question> questions) throws InterruptedException {
        double seconds = plan.seconds();
        Watch ofUsual = Watch.start(stand, seconds / 10, seconds - seconds / 5);
        Pressed usual = trial.pressed(questions, plan.callers(), seconds);
        Pressed deep = trial.pressed(questions, Trial.DEEPER * plan.callers(), seconds);
        double peak = most(usual, deep);
        trial.settle(questions, 2 * peak, Trial.DEADLINE);
        Watch ofTwice = Watch.start(stand, Trial.RUN_IN_SECONDS, seconds);
        Overloaded twice = trial.overloaded(questions, 2 * peak);
        trial.settle(questions, 4 * peak, Trial.DEADLINE);
        Overloaded fourfold = trial.overloaded(questions, 4 * peak);
        return new Turn(usual, ofUsual.seen(), deep, twice, ofTwice.seen(), fourfold);
    }

    private static double most(Pressed usual, Pressed deep) {
        return Math.max(usual.peak().perSecond(), deep.peak().perSecond());
    }

    /// What gave the most tokens over all turns: the larger of two in each would count their noise as peak.
    private static Function<Turn, Pressed> peak(List<Turn> turns) {
        double usual = turns.stream().mapToDouble(turn -> turn.usual.tokensPerSecond()).sum();
        double deep = turns.stream().mapToDouble(turn -> turn.deep.tokensPerSecond()).sum();
        return deep > usual ? Turn::deep : Turn::usual;
    }

    private static double[] kept(
            List<Turn> turns, Function<Turn, Pressed> peak, Function<Turn, Overloaded> there) {
        return turns.stream()
                .mapToDouble(turn ->
                        there.apply(turn).tokensPerSecond() / peak.apply(turn).tokensPerSecond())
                .sorted()
                .toArray();
    }

    private static void goodput(
            String times, double[] kept, Goals goals, double floor, double aim) {
        goals.least(
                "C8: goodput at %s over peak, in tokens (the median of %d turns, %.2f to %.2f)"
                        .formatted(times, kept.length, kept[0], kept[kept.length - 1]),
                floor,
                aim,
                kept[kept.length / 2]);
    }

    private void refusals(List<Turn> turns, Goals goals) {
        goals.most(
                "C9: refusal p99 at 2×, ms from sending (the generator itself was late by %.1f ms at p99), medians of %d turns"
                        .formatted(
                                Median.of(
                                        turns.stream()
                                                .mapToDouble(turn ->
                                                        turn.twice.overload().latenessP99Ms())),
                                turns.size()),
                10,
                2,
                Median.of(
                        turns.stream().mapToDouble(turn -> turn.twice.overload().refusalP99Ms())));
        double admitted = 0;
        double late = 0;
        double possible = 0;
        long refused = 0;
        for (Turn turn : turns) {
            Result.Overload twice = turn.twice.overload();
            late += twice.late();
            admitted += twice.goodPerSecond() * plan.seconds() + twice.late();
            possible += turn.possible(plan.seconds());
            refused += twice.refused();
        }
        goals.most("admitted at 2× but late", 0.005, 0, late / Math.max(1, admitted));
        goals.most(
                "refused at 2× without need: answers the core had time left for, of %,d refused"
                        .formatted(refused),
                0.02,
                0,
                possible / Math.max(1, refused));
    }
}
