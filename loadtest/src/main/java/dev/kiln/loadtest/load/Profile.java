package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Moments;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A shape of arrivals, spelled in lower case on the command line. Every shape's mean rate follows from the rate given.
public enum Profile {
    CONSTANT("evenly spaced"),
    POISSON("independent of each other"),
    BURSTS("rounds: quiet, then several validators at once, beside a trickle of a tenth"),
    GAMMA("gamma-distributed gaps, shape 0.25: clumps"),
    RAMP("from a tenth of the rate up to it"),
    STEP("a quarter, a half, three quarters, all of the rate"),
    SWEEP("from a sixteenth of the rate up to it by doubling, and down again"),
    SOAK("independent, an hour unless --seconds says otherwise"),
    REPLAY("the moments of a trace file");

    /// How clumpy the gamma profile is: the shape of the distribution of gaps; 1 is Poisson.
    static final double GAMMA_SHAPE = 0.25;

    private static final int RAMP_STEPS = 100;

    private final String words;

    Profile(String words) {
        this.words = words;
    }

    /// What it is, in words.
    public String words() {
        return words;
    }

    /// As a user spells it.
    public String spelled() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// How long one lasts where nothing is said, in seconds.
    public double usualSeconds() {
        return this == SOAK ? 3600 : 60;
    }

    /// The moments of this profile.
    ///
    /// @param rate per second, above 0: the mean, or the highest where the rate changes
    /// @param seconds how long the whole profile takes
    /// @param callers how many validators ask
    public Moments.Source moments(double rate, double seconds, int callers) {
        return switch (this) {
            case CONSTANT -> _ -> new Even(rate);
            case POISSON, SOAK -> Moments.poisson(rate);
            case BURSTS -> random -> new Rounds(random, rate, callers);
            case GAMMA -> random -> new GammaGaps(random, rate, GAMMA_SHAPE);
            case RAMP, STEP, SWEEP -> random -> new ChangingRate(random, stretches(rate, seconds));
            case REPLAY -> throw new IllegalArgumentException("a replay needs a trace");
        };
    }

    /// The mean rate over the whole profile.
    public double meanRate(double rate, double seconds) {
        return switch (this) {
            case CONSTANT, POISSON, BURSTS, GAMMA, SOAK, REPLAY -> rate;
            case RAMP, STEP, SWEEP ->
                    stretches(rate, seconds).stream()
                                    .mapToDouble(each -> each.rate() * each.seconds())
                                    .sum()
                            / seconds;
        };
    }

    /// A stretch of time with one rate.
    record Stretch(double seconds, double rate) {}

    private List<Stretch> stretches(double rate, double seconds) {
        List<Double> shares = new ArrayList<>();
        switch (this) {
            case RAMP -> {
                for (int i = 0; i < RAMP_STEPS; i++) {
                    shares.add(0.1 + 0.9 * i / (RAMP_STEPS - 1));
                }
            }
            case STEP -> shares.addAll(List.of(0.25, 0.5, 0.75, 1.0));
            default ->
                    shares.addAll(
                            List.of(
                                    1 / 16.0, 1 / 8.0, 0.25, 0.5, 1.0, 0.5, 0.25, 1 / 8.0,
                                    1 / 16.0));
        }
        return shares.stream()
                .map(share -> new Stretch(seconds / shares.size(), share * rate))
                .toList();
    }

    /// One moment after another at the same distance.
    private static final class Even implements Moments {
        private final double rate;
        private long number;

        private Even(double rate) {
            this.rate = rate;
        }

        @Override
        public Moment next() {
            return Moment.at(number++ / rate);
        }
    }
}
