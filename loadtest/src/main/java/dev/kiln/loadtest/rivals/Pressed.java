package dev.kiln.loadtest.rivals;

import dev.kiln.loadtest.traffic.Arrival;
import dev.kiln.loadtest.traffic.ClosedLoop;
import java.util.Collection;

/// What came of a closed loop.
///
/// @param tokensPerSecond of right answers, where a system says how many: with texts of many lengths it may answer more by
///     answering the short
record Pressed(Result.Peak peak, double tokensPerSecond) {
    /// Counts as rates what came before the clock stopped: what came later was let in before, and what was refused of it
    /// had come at once.
    ///
    /// @param generatorShare the generator's processor time as a share of its core
    static Pressed of(
            Collection<Arrival> arrivals, Jury jury, ClosedLoop.Pace pace, double generatorShare) {
        long right = 0;
        long rightInTime = 0;
        long tokens = 0;
        long refused = 0;
        for (Arrival each : arrivals) {
            Jury.Outcome outcome = jury.look(each);
            if (outcome == Jury.Outcome.REFUSED) {
                refused++;
            }
            if (outcome != Jury.Outcome.RIGHT) {
                continue;
            }
            right++;
            if (each.doneTick() <= pace.endTick()) {
                rightInTime++;
                tokens += Jury.tokens(each);
            }
        }
        var peak = new Result.Peak(rightInTime / pace.seconds(), right, refused, generatorShare);
        return new Pressed(peak, tokens / pace.seconds());
    }
}
