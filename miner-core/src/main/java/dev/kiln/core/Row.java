package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// The calls that wait for a lane, in the order in which they will run: one row, and in it two rules.
///
/// Callers are served by weight (start-time fair queueing over predicted work): a call stands where its caller's share
/// has paid for all that came before it, however much it is itself, and one caller's calls by when they are due. And a promise holds: a newcomer goes before another
/// call only while that one can wait for it and still be in time. What was promised nothing stands behind all, by weight too.
///
/// The row is kept in [Stretch]es of neighbours, so that letting one in or taking a batch costs a look at each stretch
/// and at the places of a few, however long it is.
///
/// **Threads:** guarded by the device's lock.
final class Row {
    /// The part of what a caller is ahead of his share that he waits for at once.
    private static final double AT_ONCE = 0.1;

    /// None is empty.
    private final List<Stretch> stretches = new ArrayList<>();

    private final Flows flows;

    private double work;
    private int items;
    private long cost;

    /// The share that everybody has been served by now.
    private double virtual;

    /// The same of what was promised nothing.
    private double virtualUnpromised;

    /// Between two places of a stretch, or at one of its ends.
    ///
    /// @param stretch its index; that of the first while the row is empty
    /// @param index of the place behind it
    record Spot(int stretch, int index) {}

    Row(DeviceTime device) {
        this.flows = new Flows(device);
    }

    /// The callers' ways through it.
    Flows flows() {
        return flows;
    }

    List<Stretch> stretches() {
        return stretches;
    }

    /// Callers weigh something else now.
    void weighed() {
        stretches.forEach(Stretch::changed);
    }

    boolean isEmpty() {
        return stretches.isEmpty();
    }

    /// Nanoseconds of all that waits, in full batches.
    double work() {
        return work;
    }

    /// Items of all that waits.
    int items() {
        return items;
    }

    /// Cost of all that waits, in the adapter's unit.
    long cost() {
        return cost;
    }

    /// Nanoseconds of the first that wait and together cost so much.
    double workOfFirst(long cost) {
        long left = cost;
        double first = 0;
        for (Stretch stretch : stretches) {
            for (int i = 0; i < stretch.size(); i++) {
                for (Place.Job job : stretch.get(i).jobs) {
                    if (left <= 0) {
                        return first;
                    }
                    left -= job.item().cost();
                    first += job.work();
                }
            }
        }
        return first;
    }

    /// Finds a newcomer its place and says when it would be done there; it does not stand there yet.
    ///
    /// @return where; the newcomer's start and expectation are set
    Spot find(Place newcomer, Outlook outlook) {
        Flow flow = newcomer.flow;
        newcomer.start =
                newcomer.promised
                        ? Math.max(Math.max(virtual, newcomer.earliest), flow.finish)
                        : Math.max(virtualUnpromised, flow.finishUnpromised);
        newcomer.ahead = newcomer.promised ? Math.max(0, newcomer.start - virtual) : 0;
        newcomer.turn = turn(newcomer);
        double until = work;
        int behind = stretches.size();
        int index = behind == 0 ? 0 : stretches.getLast().size();
        while (behind > 0) {
            Stretch stretch = stretches.get(behind - 1);
            index = stretch.size();
            if (newcomer.promised && stretch.letsPass(newcomer, until, outlook)) {
                until -= stretch.work();
                index = 0;
            }
            while (index > 0 && letsPass(stretch.get(index - 1), newcomer, until, outlook)) {
                index--;
                until -= stretch.get(index).work;
            }
            if (index > 0) {
                break;
            }
            behind--;
        }
        newcomer.expected = outlook.done(newcomer, Math.max(0, until) + newcomer.work);
        return new Spot(Math.max(0, behind - 1), index);
    }

    /// Whoever has nothing else waiting waits at once for a part of what he is ahead of his share only: what a long text is
    /// worth he then pays over a few calls, not before the next. Nobody gets ahead by more than a batch so.
    private double turn(Place newcomer) {
        if (newcomer.flow.places > 0) {
            return newcomer.start;
        }
        double lead =
                Math.min((1 - AT_ONCE) * newcomer.ahead, newcomer.lead / newcomer.flow.weight());
        return newcomer.start - lead;
    }

    private static boolean letsPass(Place before, Place newcomer, double until, Outlook outlook) {
        return yields(before, newcomer) && !breaks(before, until, newcomer.work, outlook);
    }

    /// Whether more work before a place would put its promise at risk; one that is late anyway binds nobody.
    private static boolean breaks(Place before, double until, double more, Outlook outlook) {
        double left = before.dueTick - outlook.nowTick();
        double then = outlook.done(before, until + more);
        return before.promised
                && then * Margin.MOST > left
                && then + Math.min(outlook.margin().spare(then), before.spare) > left
                && outlook.done(before, until) <= left;
    }

    private static boolean yields(Place before, Place newcomer) {
        return before.promised == newcomer.promised
                ? before.turn > newcomer.turn
                        || (before.flow == newcomer.flow && before.dueTick - newcomer.dueTick > 0)
                : newcomer.promised;
    }

    /// Whether a newcomer's caller has a call in the row that is due later.
    boolean dueLater(Place newcomer) {
        return newcomer.flow.places > 0 && newcomer.dueTick - newcomer.flow.latestDue < 0;
    }

    /// Puts a newcomer where [#find] found, those behind it expecting to be done later.
    void insert(Spot spot, Place newcomer, Outlook outlook) {
        if (stretches.isEmpty()) {
            stretches.add(new Stretch());
        }
        Stretch stretch = stretches.get(spot.stretch());
        newcomer.spare = outlook.margin().spare(newcomer.expected);
        double delay = outlook.delay(work, newcomer.work);
        stretch.add(spot.index(), newcomer, delay);
        for (int i = spot.stretch() + 1; i < stretches.size(); i++) {
            stretches.get(i).delay(delay);
        }
        if (stretch.size() > Stretch.MOST) {
            stretches.add(spot.stretch() + 1, stretch.split());
        }
        work += newcomer.work;
        newcomer.jobs.forEach(job -> count(job, 1));
        Flow flow = newcomer.flow;
        boolean anotherIsDueLater = dueLater(newcomer);
        if (flow.places == 0 || !anotherIsDueLater) {
            flow.latestDue = newcomer.dueTick;
        }
        flows.came(newcomer);
        if (!newcomer.promised) {
            flow.finishUnpromised = newcomer.finish();
            return;
        }
        flow.finish = newcomer.finish();
        if (anotherIsDueLater) {
            new Earliest(stretches, newcomer, outlook).first();
        }
    }

    /// All that wait past their deadline.
    List<Place> expired(long nowTick) {
        List<Place> expired = new ArrayList<>();
        for (Stretch stretch : stretches) {
            for (int i = 0; i < stretch.size() && stretch.anyPassed(nowTick); i++) {
                if (stretch.get(i).deadlineTick - nowTick <= 0) {
                    expired.add(stretch.get(i));
                }
            }
        }
        return expired;
    }

    /// Everything that waits, in its order.
    List<Place> places() {
        List<Place> places = new ArrayList<>();
        for (Stretch stretch : stretches) {
            for (int i = 0; i < stretch.size(); i++) {
                places.add(stretch.get(i));
            }
        }
        return places;
    }

    /// Takes a place out that is not to be run. Those behind expect to be done sooner.
    void drop(Place place, Outlook outlook) {
        Stretch stretch = place.stretch();
        double sooner = outlook.delay(Math.max(0, work - place.work), place.work);
        stretch.remove(place, sooner);
        for (int i = stretches.indexOf(stretch) + 1; i < stretches.size(); i++) {
            stretches.get(i).delay(-sooner);
        }
        double share = place.work / place.flow.weight();
        place.flow.finish -= place.promised ? share : 0;
        place.flow.finishUnpromised -= place.promised ? 0 : share;
        paid(place, place.work);
        place.jobs.forEach(job -> count(job, -1));
        flows.left(place);
        tidy();
    }

    /// Takes items out to be run.
    void take(List<Place.Job> jobs) {
        advance();
        advanceUnpromised(jobs);
        for (Place.Job job : jobs) {
            Place place = job.place();
            place.jobs.remove(job);
            count(job, -1);
            place.work -= job.work();
            double share = job.work() / place.flow.weight();
            place.start += share;
            place.turn += share;
            place.stretch().changed();
            paid(place, job.work());
            if (place.jobs.isEmpty()) {
                place.stretch().remove(place, 0);
                flows.left(place);
            }
        }
        tidy();
    }

    /// Joins what has become short.
    private void tidy() {
        int kept = 0;
        for (Stretch stretch : stretches) {
            Stretch before = kept == 0 ? stretch : stretches.get(kept - 1);
            if (stretch.size() == 0) {
                continue;
            }
            if (before != stretch && before.size() + stretch.size() <= Stretch.MOST / 2) {
                before.join(stretch);
            } else {
                stretches.set(kept++, stretch);
            }
        }
        stretches.subList(kept, stretches.size()).clear();
        work = stretches.isEmpty() ? 0 : work;
    }

    private void count(Place.Job job, int sign) {
        items += sign;
        cost += sign * (long) job.item().cost();
    }

    private void paid(Place place, double itsWork) {
        work = Math.max(0, work - itsWork);
        place.flow.work = Math.max(0, place.flow.work - itsWork);
    }

    /// Everybody has been served as far as the one that is furthest behind.
    private void advance() {
        double least = Double.POSITIVE_INFINITY;
        double most = virtual;
        for (Stretch stretch : stretches) {
            least = Math.min(least, stretch.leastStart());
            most = Math.max(most, stretch.mostFinish());
        }
        virtual = Math.max(virtual, Math.min(least, most));
    }

    /// The same of what was promised nothing, which stands in the order of its starts and so is taken from its first on.
    private void advanceUnpromised(List<Place.Job> taken) {
        double least =
                taken.stream()
                        .map(Place.Job::place)
                        .filter(place -> !place.promised)
                        .mapToDouble(place -> place.start)
                        .min()
                        .orElse(virtualUnpromised);
        virtualUnpromised = Math.max(virtualUnpromised, least);
    }
}
