package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.Median;
import dev.kiln.loadtest.traffic.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

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
    /// @param perSecond most answers
    /// @param tokensPerSecond most tokens, maybe with another number in flight
    /// @param usual tokens a second with one call in flight for each caller
    /// @param inUsual what the server used then
    /// @param inTwice what it used at twice the peak
    private record Turn(
            double perSecond,
            double tokensPerSecond,
            double usual,
            Watch.Seen inUsual,
            Overloaded twice,
            Watch.Seen inTwice,
            Overloaded fourfold) {
        double kept(Overloaded there) {
            return there.tokensPerSecond() / tokensPerSecond;
        }

        /// Whatever the order, nobody could have answered more than the core had time left for.
        double possible(double seconds) {
            return Math.max(0, 1 - inTwice.share()) * perSecond * seconds;
        }
    }

    void run(List<Question> questions, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < plan.rounds(); i++) {
            progress.accept(
                    "the peak, twice and four times that, turn %d of %d"
                            .formatted(i + 1, plan.rounds()));
            Turn turn = turn(questions);
            progress.accept(
                    "at most %.0f answers and %,.0f tokens a second; %.0f and %,.0f, %.0f and %,.0f"
                            .formatted(
                                    turn.perSecond,
                                    turn.tokensPerSecond,
                                    turn.twice.overload().goodPerSecond(),
                                    turn.twice.tokensPerSecond(),
                                    turn.fourfold.overload().goodPerSecond(),
                                    turn.fourfold.tokensPerSecond()));
            progress.accept(
                    "us a token of the server's threads, one call in flight for each caller: %s"
                            .formatted(turn.inUsual.micros(turn.usual)));
            progress.accept(
                    "at twice the peak: %s"
                            .formatted(turn.inTwice.micros(turn.twice.tokensPerSecond())));
            turns.add(turn);
        }
        goodput("2×", ascending(turns, turn -> turn.kept(turn.twice)), goals, 0.95, 0.98);
        goodput("4×", ascending(turns, turn -> turn.kept(turn.fourfold)), goals, 0.9, 0);
        refusals(turns, goals);
    }

    private Turn turn(List<Question> questions) throws InterruptedException {
        double half = plan.seconds() / 2;
        Watch ofUsual = Watch.start(stand, half / 10, half - half / 5);
        Pressed usual = trial.pressed(questions, plan.callers(), half);
        Pressed deep = trial.pressed(questions, Trial.DEEPER * plan.callers(), half);
        double peak = Math.max(usual.peak().perSecond(), deep.peak().perSecond());
        trial.settle(questions, 2 * peak, Trial.DEADLINE);
        Watch ofTwice = Watch.start(stand, Trial.RUN_IN_SECONDS, plan.seconds());
        Overloaded twice = trial.overloaded(questions, 2 * peak);
        trial.settle(questions, 4 * peak, Trial.DEADLINE);
        Overloaded fourfold = trial.overloaded(questions, 4 * peak);
        double tokens = Math.max(usual.tokensPerSecond(), deep.tokensPerSecond());
        return new Turn(
                peak,
                tokens,
                usual.tokensPerSecond(),
                ofUsual.seen(),
                twice,
                ofTwice.seen(),
                fourfold);
    }

    private static double[] ascending(List<Turn> turns, ToDoubleFunction<Turn> kept) {
        return turns.stream().mapToDouble(kept).sorted().toArray();
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
