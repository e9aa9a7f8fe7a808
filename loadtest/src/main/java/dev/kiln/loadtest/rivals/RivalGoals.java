package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.rivals.RivalRun.Range;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What was promised of the ratios, and what they came to.
final class RivalGoals {
    /// @param model it is promised for
    /// @param aim 0 for none
    private record Goal(
            String model,
            Contender over,
            Contender under,
            Figure figure,
            double floor,
            double aim) {
        String name() {
            return "%s, %s ÷ %s".formatted(figure.words(), over.id(), under.id());
        }
    }

    private static final List<Goal> GOALS =
            List.of(
                    ours("minilm", Contender.FASTAPI, Figure.PEAK, 1.8, 0),
                    ours("minilm", Contender.AXON, Figure.PEAK, 1.8, 0),
                    ours("minilm", Contender.INFINITY, Figure.PEAK, 1.2, 1.5),
                    ours("identity", Contender.FASTAPI, Figure.PEAK, 5, 8),
                    ours("identity", Contender.AXON, Figure.PEAK, 5, 8),
                    ours("minilm", Contender.FASTAPI, Figure.GOODPUT, 5, 0),
                    ours("minilm", Contender.AXON, Figure.GOODPUT, 5, 0),
                    ours("minilm", Contender.INFINITY, Figure.GOODPUT, 5, 0),
                    ours("minilm", Contender.LITSERVE, Figure.GOODPUT, 5, 0),
                    ours("minilm", Contender.RAY, Figure.GOODPUT, 5, 0),
                    ours("identity", Contender.FASTAPI, Figure.GOODPUT, 5, 0),
                    ours("identity", Contender.AXON, Figure.GOODPUT, 5, 0),
                    ours("identity", Contender.INFINITY, Figure.GOODPUT, 5, 0),
                    ours("identity", Contender.LITSERVE, Figure.GOODPUT, 5, 0),
                    ours("identity", Contender.RAY, Figure.GOODPUT, 5, 0),
                    new Goal("minilm", Contender.KILN_KEY, Contender.RAW, Figure.PEAK, 0.95, 0.98),
                    new Goal(
                            "minilm",
                            Contender.KILN_SIGNED,
                            Contender.RAW,
                            Figure.PEAK,
                            0.92,
                            0.95));

    private final RivalRun run;

    RivalGoals(RivalRun run) {
        this.run = run;
    }

    private static Goal ours(
            String model, Contender under, Figure figure, double floor, double aim) {
        return new Goal(model, Contender.KILN_SIGNED, under, figure, floor, aim);
    }

    /// One row a goal that was measured.
    List<String> table(String model) {
        List<String> lines = new ArrayList<>();
        lines.add("| ratio | floor | aim | measured | verdict |");
        lines.add("|---|---|---|---|---|");
        for (Goal goal : GOALS) {
            if (goal.model().equals(model)) {
                measured(goal).ifPresent(value -> lines.add(row(goal, value)));
            }
        }
        return lines.size() == 2 ? List.of() : lines;
    }

    private static String row(Goal goal, double value) {
        return "| %s | ≥ %s | %s | %s | %s |"
                .formatted(
                        goal.name(),
                        RivalText.number(goal.floor()),
                        goal.aim() == 0 ? "" : RivalText.number(goal.aim()),
                        Double.isInfinite(value)
                                ? "nothing in time there"
                                : RivalText.number(value),
                        value < goal.floor()
                                ? "missed"
                                : goal.aim() > 0 && value >= goal.aim() ? "aim reached" : "kept");
    }

    /// Of medians; infinite where only the one below has nothing.
    private Optional<Double> measured(Goal goal) {
        Optional<Range> over = run.range(goal.over(), goal.model(), goal.figure().of());
        Optional<Range> under = run.range(goal.under(), goal.model(), goal.figure().of());
        return over.flatMap(a -> under.map(b -> a.median() == 0 ? 0 : a.median() / b.median()));
    }
}
