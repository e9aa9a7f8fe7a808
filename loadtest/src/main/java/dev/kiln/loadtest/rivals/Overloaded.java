package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.Latencies;
import java.util.Collection;

/// What came of more questions than anybody can answer.
///
/// @param tokensPerSecond of right answers in time, where a system says how many: under refusals short texts find room more
///     often than long ones, so that answers alone flatter who refuses
record Overloaded(Result.Overload overload, double tokensPerSecond) {
    /// A stretch of it.
    ///
    /// @param rate a second
    /// @param runInSeconds that do not count
    /// @param seconds that do, after these
    record Asked(double rate, double runInSeconds, double seconds) {}

    /// Counts what ended while it counts.
    static Overloaded of(Collection<Arrival> arrivals, Jury jury, Asked asked, Latencies lateness) {
        long start =
                arrivals.stream()
                        .mapToLong(each -> each.intendedTick() - each.send().offsetNanos())
                        .min()
                        .orElse(0);
        long from = start + (long) (asked.runInSeconds() * 1e9);
        long to = from + (long) (asked.seconds() * 1e9);
        long good = 0;
        long late = 0;
        long tokens = 0;
        var refusals = new Latencies();
        for (Arrival arrival : arrivals) {
            Jury.Outcome outcome = jury.look(arrival);
            if (arrival.doneTick() < from || arrival.doneTick() >= to) {
                continue;
            }
            if (outcome == Jury.Outcome.REFUSED) {
                refusals.record(arrival.uncorrectedNanos());
            } else if (outcome == Jury.Outcome.RIGHT
                    && arrival.correctedNanos() <= Trial.DEADLINE.toNanos()) {
                good++;
                tokens += Jury.tokens(arrival);
            } else {
                late++;
            }
        }
        var overload =
                new Result.Overload(
                        asked.rate(),
                        good / asked.seconds(),
                        refusals.count(),
                        late,
                        refusals.millisAt(99),
                        lateness.millisAt(99));
        return new Overloaded(overload, tokens / asked.seconds());
    }
}
