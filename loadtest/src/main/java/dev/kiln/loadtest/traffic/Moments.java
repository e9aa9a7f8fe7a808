package dev.kiln.loadtest.traffic;

import java.util.SplittableRandom;

/// When questions are asked, moment by moment, ascending.
///
/// **Threads:** confined to one at a time.
@FunctionalInterface
public interface Moments {
    /// The timetable draws the caller.
    int ANYBODY = -1;

    /// The timetable draws the length.
    int ANY_LENGTH = -1;

    /// The next moment; its seconds are infinite once there are no more.
    Moment next();

    /// One moment.
    ///
    /// @param seconds after the start
    /// @param caller from 0, or [#ANYBODY]
    /// @param sentences of text beside the labelled pair, or [#ANY_LENGTH]
    record Moment(double seconds, int caller, int sentences) {
        /// No more.
        public static final Moment NEVER = at(Double.POSITIVE_INFINITY);

        /// Anybody asks anything then.
        public static Moment at(double seconds) {
            return new Moment(seconds, ANYBODY, ANY_LENGTH);
        }
    }

    /// Moments that a random decides.
    @FunctionalInterface
    interface Source {
        Moments from(SplittableRandom random);
    }

    /// Poisson arrivals: independent of each other, at this mean rate per second.
    static Source poisson(double rate) {
        return random ->
                new Moments() {
                    private double seconds;

                    @Override
                    public Moment next() {
                        seconds += -Math.log(1 - random.nextDouble()) / rate;
                        return Moment.at(seconds);
                    }
                };
    }
}
