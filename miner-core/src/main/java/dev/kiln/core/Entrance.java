package dev.kiln.core;

import dev.kiln.core.model.Prepared;
import java.util.List;
import java.util.Optional;

/// The way into a lane's queue: foretells what a call would wait for, and gives it a place in the row or refuses it.
///
/// **Threads:** guarded by the device's lock.
final class Entrance {
    private final Row row;
    private final Forecast forecast;
    private final Promises promises;
    private final Claim claim;
    private final DeviceTime device;
    private final Time time;
    private final Brevity brevity = new Brevity();

    Entrance(Row row, Forecast forecast, Claim claim, DeviceTime device, Time time) {
        this.row = row;
        this.forecast = forecast;
        this.promises = new Promises(row, forecast);
        this.claim = claim;
        this.device = device;
        this.time = time;
    }

    /// How long batches should be for those who ask for little.
    Brevity brevity() {
        return brevity;
    }

    /// Whether nothing waits and nothing runs.
    boolean idle() {
        return promises.idle();
    }

    /// Gives a call's items a place in the row.
    ///
    /// @throws Refused if they get none; the row is as before
    Place letIn(Ticket ticket, Terms terms, List<Prepared> items, LaneSettings settings)
            throws Refused {
        Place place = place(ticket, terms, settings);
        forecast.weigh(place, items, row.items(), settings.policy());
        Outlook outlook = outlook(place);
        refuseCrowded(place, items, settings.maxQueuedCost(), outlook);
        boolean asksLittle = place.flow.places == 0 && !row.isEmpty();
        promises.admit(place, outlook);
        if (asksLittle) {
            brevity.came(forecast.alone(items), place.offeredTick);
        }
        return place;
    }

    private void refuseCrowded(Place place, List<Prepared> items, long maxCost, Outlook outlook)
            throws Refused {
        long cost = 0;
        for (Prepared item : items) {
            cost += item.cost();
        }
        if (row.cost() > 0 && row.cost() + cost > maxCost) {
            throw promises.crowded(
                    place,
                    row.cost() + cost - maxCost,
                    "%d tokens wait already, %d more would exceed %d"
                            .formatted(row.cost(), cost, maxCost),
                    outlook);
        }
    }

    /// Whether so much waits that a call on these terms may have to be refused whatever it costs.
    boolean muchWaits(Terms terms) {
        if (terms.whenLate() != Terms.WhenLate.REFUSE) {
            return false;
        }
        long now = time.tick();
        double longest = outlook(now).after(row.work()) * Margin.MOST;
        return longest > Lending.LENT * terms.due().left(now);
    }

    /// Refuses a call that could not be promised its answer even if its inputs cost no more than they must.
    void refuseHopeless(Ticket ticket, Terms terms, List<Prepared> least, LaneSettings settings)
            throws Refused {
        Place probe = place(ticket, terms, settings);
        forecast.weigh(probe, least, row.items(), settings.policy());
        promises.refuseHopeless(probe, outlook(probe));
    }

    private Place place(Ticket ticket, Terms terms, LaneSettings settings) {
        long now = time.tick();
        var place = new Place(ticket, terms, row.flows().flow(terms.caller(), now), now);
        place.lead = forecast.full(settings.policy());
        if (device.busy(claim, now)) {
            place.earliest = row.flows().earliest(place.flow);
        }
        return place;
    }

    /// Nanoseconds until so many more items of one cost would be done behind all that waits.
    double foretell(int items, int cost, LaneSettings settings) {
        var waiting = new Forecast.Waiting(row.items(), row.work(), outlook(time.tick()));
        return forecast.done(items, cost, waiting, settings.policy());
    }

    /// Nanoseconds until the smallest call would be done that came on these terms now; nothing is noted of it.
    double foretell(Ticket ticket, Terms terms) {
        long now = time.tick();
        Place probe = new Place(ticket, terms, row.flows().look(terms.caller(), now), now);
        return promises.foretell(probe, outlook(probe));
    }

    /// What is ahead for those who wait.
    Outlook outlook(long nowTick) {
        return forecast.at(nowTick, device.crowd(claim, Optional.empty(), nowTick));
    }

    private Outlook outlook(Place newcomer) {
        long now = newcomer.offeredTick;
        return forecast.at(now, device.crowd(claim, Optional.of(newcomer.flow.account), now));
    }
}
