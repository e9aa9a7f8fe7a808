package dev.kiln.loadtest.quality;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// What answers are worth in their task's own measures; the first one is the task's headline.
///
/// @param scored items that it rests on
/// @param reliability the bins of a reliability diagram; empty where probabilities are not judged
public record Score(List<Measure> measures, long scored, List<Bin> reliability) {
    public Score {
        measures = List.copyOf(measures);
        reliability = List.copyOf(reliability);
    }

    Score(List<Measure> measures, long scored) {
        this(measures, scored, List.of());
    }

    /// One bin of the reliability diagram.
    ///
    /// @param confidence mean probability of the label that was chosen
    /// @param accuracy share of these that was right
    public record Bin(double from, double to, long count, double confidence, double accuracy) {}

    /// One figure.
    ///
    /// @param value absent while too little was scored
    /// @param bound the least or most that passes; absent where the figure is only told
    /// @param more whether more is better
    public record Measure(String name, OptionalDouble value, OptionalDouble bound, boolean more) {
        static Measure least(String name, OptionalDouble value, double bound) {
            return new Measure(name, value, OptionalDouble.of(bound), true);
        }

        static Measure most(String name, OptionalDouble value, double bound) {
            return new Measure(name, value, OptionalDouble.of(bound), false);
        }

        static Measure told(String name, OptionalDouble value) {
            return new Measure(name, value, OptionalDouble.empty(), true);
        }

        /// Whether it holds; a bound that nothing was measured for does not.
        public boolean holds() {
            if (bound.isEmpty()) {
                return true;
            }
            if (value.isEmpty() || Double.isNaN(value.getAsDouble())) {
                return false;
            }
            return more
                    ? value.getAsDouble() >= bound.getAsDouble()
                    : value.getAsDouble() <= bound.getAsDouble();
        }

        private String reason() {
            if (value.isEmpty()) {
                return "too few answers to judge their " + name;
            }
            return "%s %.4f is %s the bar of %s"
                    .formatted(
                            name,
                            value.getAsDouble(),
                            more ? "under" : "over",
                            String.valueOf(bound.orElse(0)));
        }
    }

    /// The first measure.
    public Measure headline() {
        return measures.getFirst();
    }

    public boolean passes() {
        return measures.stream().allMatch(Measure::holds);
    }

    /// Why it does not pass, in words; empty if it does.
    public List<String> reasons() {
        Stream<Measure> broken = measures.stream().filter(measure -> !measure.holds());
        return broken.map(Measure::reason).toList();
    }
}
