package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Moments;
import java.util.SplittableRandom;

/// Independent gaps of a gamma distribution, drawn by the method of Marsaglia and Tsang.
///
/// **Threads:** confined to one.
final class GammaGaps implements Moments {
    private final SplittableRandom random;
    private final double rate;
    private final double shape;
    private double seconds;

    /// @param shape above 0; under 1 makes clumps
    GammaGaps(SplittableRandom random, double rate, double shape) {
        this.random = random;
        this.rate = rate;
        this.shape = shape;
    }

    @Override
    public Moment next() {
        seconds += gamma() / (shape * rate);
        return Moment.at(seconds);
    }

    /// Of mean `shape`: drawn with one more, then brought down.
    private double gamma() {
        double d = shape + 1 - 1 / 3.0;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double x = random.nextGaussian();
            double v = Math.pow(1 + c * x, 3);
            if (v > 0
                    && Math.log(1 - random.nextDouble())
                            < 0.5 * x * x + d - d * v + d * Math.log(v)) {
                return d * v * Math.pow(1 - random.nextDouble(), 1 / shape);
            }
        }
    }
}
