package dev.kiln.loadtest.load;

import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Moments;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/// What is to be sent.
///
/// @param rate per second, above 0; of a replay the trace's mean
/// @param shape moments that no profile has, such as a trace's
/// @param inFlight set for a closed loop, which has no moments of its own
public record Traffic(
        long seed,
        Profile profile,
        double rate,
        double seconds,
        Lengths lengths,
        Optional<Moments.Source> shape,
        OptionalInt inFlight) {
    /// Others than those of the measured part: its figures must not profit from a warm cache.
    private static final long OTHER_SEED = 0x9E3779B97F4A7C15L;

    /// Everything that stands on it.
    ///
    /// @param decks makes a deck of a mix of lengths
    Timetable timetable(Function<Lengths, Deck> decks, int callers) {
        Moments.Source moments =
                inFlight.isPresent()
                        ? Moments.poisson(1e9)
                        : shape.orElseGet(() -> profile.moments(rate, seconds, callers));
        return new Timetable(
                new Timetable.Script(seed, seconds, callers, moments, decks.apply(lengths)));
    }

    /// Independent arrivals of the same mean rate, other bodies, for so long.
    Traffic warmUp(double longest) {
        return new Traffic(
                seed ^ OTHER_SEED,
                Profile.POISSON,
                meanRate(),
                longest,
                lengths,
                Optional.empty(),
                inFlight);
    }

    /// At another rate.
    public Traffic at(double other, double forSeconds) {
        return new Traffic(seed, profile, other, forSeconds, lengths, shape, inFlight);
    }

    /// The moments of another source.
    Traffic shaped(Moments.Source other, double forSeconds) {
        return new Traffic(seed, profile, rate, forSeconds, lengths, Optional.of(other), inFlight);
    }

    /// Mean requests per second.
    public double meanRate() {
        return shape.isPresent() ? rate : profile.meanRate(rate, seconds);
    }
}
