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

    private static final List<Contender> RIVALS =
            List.of(
                    Contender.FASTAPI,
                    Contender.AXON,
                    Contender.INFINITY,
                    Contender.LITSERVE,
                    Contender.RAY);

    private static final List<Goal> GOALS = goals();

    private static List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        for (String model : List.of(Exhibit.MINILM, Exhibit.MIXED)) {
            goals.add(ours(model, Contender.FASTAPI, Figure.PEAK, 1.8, 0));
            goals.add(ours(model, Contender.AXON, Figure.PEAK, 1.8, 0));
            goals.add(ours(model, Contender.INFINITY, Figure.PEAK, 1.2, 1.5));
            goals.add(new Goal(model, Contender.KILN_KEY, Contender.RAW, Figure.PEAK, 0.95, 0.98));
            goals.add(
                    new Goal(model, Contender.KILN_SIGNED, Contender.RAW, Figure.PEAK, 0.92, 0.95));
        }
        goals.add(ours(Exhibit.IDENTITY, Contender.FASTAPI, Figure.PEAK, 5, 8));
        goals.add(ours(Exhibit.IDENTITY, Contender.AXON, Figure.PEAK, 5, 8));
        for (String model : Exhibit.NAMES) {
            RIVALS.forEach(rival -> goals.add(ours(model, rival, Figure.GOODPUT, 5, 0)));
        }
        return goals;
    }

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
