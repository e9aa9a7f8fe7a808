package dev.kiln.core;

import dev.kiln.core.Terms.WhenLate;
import java.time.Duration;
import java.util.Optional;

/// Gives a call its place in a lane's row together with the promise that it will be done when due, or says why not.
///
/// **Threads:** guarded by the device's lock.
record Promises(Row row, Forecast forecast) {
    /// Whether nothing waits and nothing runs.
    boolean idle() {
        return row.isEmpty() && forecast.runs().none();
    }

    /// Gives a place in the row, with a promise or, where the call's terms allow it, without.
    ///
    /// @throws Refused if it gets none; the row is as before
    void admit(Place place, Outlook outlook) throws Refused {
        place.promised = true;
        Row.Spot spot = row.find(place, outlook);
        if (idle() && !outlook.crowded()) {
            if (place.terms.whenLate() == WhenLate.REFUSE) {
                Optional<Refused> hopeless = forecast.hopeless(place, outlook);
                if (hopeless.isPresent()) {
                    throw hopeless.get();
                }
            }
            // Nothing to wait for: coming again would change nothing.
            place.promised = !place.late(place.expected, outlook.nowTick());
            row.insert(spot, place, outlook);
            return;
        }
        Optional<Refused> objection = forecast.objection(place, row.work(), outlook);
        if (objection.isPresent() && row.dueLater(place)) {
            objection = tryBeforeItsOwn(spot, place, outlook);
            if (objection.isEmpty()) {
                return;
            }
        }
        if (objection.isPresent()) {
            if (place.terms.whenLate() == WhenLate.REFUSE) {
                throw objection.get();
            }
            Optional<Refused> full = forecast.beyondAll(place, row.work(), outlook);
            if (full.isPresent()) {
                throw full.get();
            }
            place.promised = false;
            spot = row.find(place, outlook);
        }
        row.insert(spot, place, outlook);
    }

    /// Refuses a call for whose cost there is no room.
    ///
    /// @param cost that must be out of the way first
    Refused crowded(Place place, long cost, String message, Outlook outlook) {
        Duration room = forecast.until(row.workOfFirst(cost), outlook);
        place.promised = true;
        row.find(place, outlook);
        Duration then =
                (place.terms.whenLate() == WhenLate.REFUSE
                                ? forecast.objection(place, row.work(), outlook)
                                : forecast.beyondAll(place, row.work(), outlook))
                        .flatMap(Refused::retryAfter)
                        .orElse(room);
        return Refused.until(
                Refusal.LIMIT_QUEUE_FULL, message, then.compareTo(room) > 0 ? then : room);
    }

    /// Refuses a call that would get no promise even if it were no more work than it is known to be.
    void refuseHopeless(Place probe, Outlook outlook) throws Refused {
        boolean free = idle() && !outlook.crowded();
        if (free || row.dueLater(probe)) {
            return;
        }
        probe.promised = true;
        row.find(probe, outlook);
        Optional<Refused> objection = forecast.objection(probe, row.work(), outlook);
        if (objection.isPresent()) {
            throw objection.get();
        }
    }

    /// When the smallest call that stands where this one would is done, in nanoseconds from now, if all goes well.
    double foretell(Place probe, Outlook outlook) {
        probe.promised = true;
        probe.extra = forecast.smallest();
        if (row.dueLater(probe)) {
            // It may go before all of its own.
            return outlook.done(probe, 0);
        }
        row.find(probe, outlook);
        return probe.expected;
    }

    /// A call that is late behind its caller's own may be in time before those that are due later.
    ///
    /// @return why not, and then it is not in the row
    private Optional<Refused> tryBeforeItsOwn(Row.Spot spot, Place place, Outlook outlook) {
        row.insert(spot, place, outlook);
        place.flow.work -= place.work;
        Optional<Refused> objection = forecast.objection(place, row.work() - place.work, outlook);
        place.flow.work += place.work;
        if (objection.isPresent()) {
            row.drop(place, outlook);
        }
        return objection;
    }
}
