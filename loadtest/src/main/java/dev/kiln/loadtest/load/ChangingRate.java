package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Moments;
import java.util.List;
import java.util.SplittableRandom;

/// Poisson arrivals whose rate changes from stretch to stretch.
///
/// **Threads:** confined to one.
final class ChangingRate implements Moments {
    private final SplittableRandom random;
    private final List<Profile.Stretch> stretches;
    private int at;
    private double begun;
    private double seconds;

    ChangingRate(SplittableRandom random, List<Profile.Stretch> stretches) {
        this.random = random;
        this.stretches = List.copyOf(stretches);
    }

    @Override
    public Moment next() {
        // Arrivals of rate 1, each second of a stretch counting as many as its rate.
        double due = -Math.log(1 - random.nextDouble());
        while (at < stretches.size()) {
            Profile.Stretch stretch = stretches.get(at);
            double end = begun + stretch.seconds();
            double inside = (end - seconds) * stretch.rate();
            if (due < inside) {
                seconds += due / stretch.rate();
                return Moment.at(seconds);
            }
            due -= inside;
            seconds = end;
            begun = end;
            at++;
        }
        return Moment.NEVER;
    }
}
