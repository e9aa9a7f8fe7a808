package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.bench.CompilePause;
import dev.kiln.loadtest.traffic.Question;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// What is computed while callers who are refused ask again at once; in turns with as many callers as usual, one call each.
///
/// It counts tokens of right answers and not answers: under refusals short texts find room more often than long ones, and with
/// nobody refused everyone waits for the long.
///
/// **Threads:** confined to one.
final class Heedless {
    /// In flight of one caller: more work than may wait for one.
    private static final int ONE = 250;

    private final Trial one;
    private final Trial many;
    private final KilnStand stand;
    private final RivalBench.Plan plan;

    /// @param one asks as one caller
    /// @param many asks as all
    Heedless(Trial one, Trial many, KilnStand stand, RivalBench.Plan plan) {
        this.one = one;
        this.many = many;
        this.stand = stand;
        this.plan = plan;
    }

    void run(List<Question> questions, Goals goals, Consumer<String> progress)
            throws InterruptedException {
        int deep = Trial.DEEPER * plan.callers();
        var ofOne = new Kept("one caller", ONE, new double[plan.rounds()]);
        var ofMany =
                new Kept("%d callers".formatted(plan.callers()), deep, new double[plan.rounds()]);
        progress.accept("callers who ask again at once when refused");
        double seconds = plan.seconds() / 2;
        one.pressed(questions, ONE, seconds);
        many.pressed(questions, deep, seconds);
        CompilePause.take(stand::compilingNanos);
        for (int i = 0; i < plan.rounds(); i++) {
            Pressed usual = many.pressed(questions, plan.callers(), seconds);
            ofOne.add(i, one.pressed(questions, ONE, seconds), usual, progress);
            ofMany.add(i, many.pressed(questions, deep, seconds), usual, progress);
        }
        ofOne.tell(goals, plan);
        ofMany.tell(goals, plan);
    }

    /// What such callers left of what is usual, turn by turn.
    private static final class Kept {
        private final String who;
        private final int inFlight;
        private final double[] parts;
        private long refused;

        Kept(String who, int inFlight, double[] parts) {
            this.who = who;
            this.inFlight = inFlight;
            this.parts = parts;
        }

        void add(int turn, Pressed pressed, Pressed usual, Consumer<String> progress) {
            parts[turn] = pressed.tokensPerSecond() / usual.tokensPerSecond();
            refused += pressed.peak().refused();
            progress.accept(
                    "%s, %d in flight: %,.0f tokens a second in %.0f answers, %,d refused; usual %,.0f in %.0f"
                            .formatted(
                                    who,
                                    inFlight,
                                    pressed.tokensPerSecond(),
                                    pressed.peak().perSecond(),
                                    pressed.peak().refused(),
                                    usual.tokensPerSecond(),
                                    usual.peak().perSecond()));
        }

        void tell(Goals goals, RivalBench.Plan plan) {
            Arrays.sort(parts);
            goals.least(
                    "%s with %d in flight, refused %,d times and asking again at once: tokens computed over those of %d callers with one each (the median of %d turns, %.2f to %.2f)"
                            .formatted(
                                    who,
                                    inFlight,
                                    refused,
                                    plan.callers(),
                                    parts.length,
                                    parts[0],
                                    parts[parts.length - 1]),
                    0.9,
                    0.95,
                    parts[parts.length / 2]);
        }
    }
}
