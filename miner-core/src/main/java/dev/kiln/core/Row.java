package dev.kiln.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// The calls that wait for a lane, in the order in which they will run: one list, and in it two rules.
///
/// Callers are served by weight (start-time fair queueing over predicted work): a call stands where its caller's share
/// has paid for it, and one caller's calls by when they are due. And a promise holds: a newcomer goes before another
/// call only while that one can wait for it and still be in time. What was promised nothing stands behind all.
///
/// **Threads:** guarded by the queue's lock.
final class Row {
    /// Callers of that long ago are still reckoned with.
    static final long KNOWN_FOR_NANOS = 60_000_000_000L;

    private static final int MOST_FLOWS = 4096;

    private final Sharing sharing;
    private final List<Place> places = new ArrayList<>();
    private final Map<String, Flow> flows = new HashMap<>();
    private double work;

    /// The share that everybody has been served by now.
    private double virtual;

    private long weighedTick;

    Row(Sharing sharing) {
        this.sharing = sharing;
    }

    List<Place> places() {
        return places;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    /// Nanoseconds of all that waits, in full batches.
    double work() {
        return work;
    }

    /// A caller's way, weighed anew where somebody came or has long been away.
    Flow flow(Caller caller, long nowTick) {
        Flow flow = flows.get(caller.name());
        boolean news =
                flow == null
                        || !flow.caller.equals(caller)
                        || nowTick - flow.seenTick > KNOWN_FOR_NANOS;
        if (flow == null) {
            forgetSomebody();
            flow = new Flow(caller, nowTick);
            flows.put(caller.name(), flow);
        }
        flow.caller = caller;
        flow.seenTick = nowTick;
        if (news || nowTick - weighedTick > KNOWN_FOR_NANOS / 10) {
            weigh(nowTick);
        }
        return flow;
    }

    /// Finds a newcomer its place and says when it would be done there; it does not stand there yet.
    ///
    /// @return the index; the newcomer's tag and expectation are set
    int find(Place newcomer, Outlook outlook) {
        Flow flow = newcomer.flow;
        newcomer.tag = Math.max(virtual, flow.finish) + newcomer.work / flow.weight;
        double until = work;
        int index = places.size();
        while (newcomer.promised && index > 0) {
            Place before = places.get(index - 1);
            if (!yields(before, newcomer) || breaks(before, until, newcomer.work, outlook)) {
                break;
            }
            until -= before.work;
            index--;
        }
        newcomer.expected = outlook.done(newcomer, until + newcomer.work);
        return index;
    }

    /// Whether more work before a place would put its promise at risk; one that is late anyway binds nobody.
    private static boolean breaks(Place before, double until, double more, Outlook outlook) {
        double left = before.terms.due().left(outlook.nowTick());
        double then = outlook.done(before, until + more);
        return before.promised
                && then * Margin.MOST > left
                && then * outlook.margin().factor(then) > left
                && outlook.done(before, until) <= left;
    }

    private static boolean yields(Place before, Place newcomer) {
        return !before.promised
                || before.tag > newcomer.tag
                || (before.flow == newcomer.flow && dueLater(before, newcomer));
    }

    private static boolean dueLater(Place one, Place other) {
        return one.terms.due().left(other.terms.due().tick()) > 0;
    }

    /// Whether a newcomer's caller has a call in the row that is due later.
    boolean dueLater(Place newcomer) {
        return newcomer.flow.places > 0 && newcomer.terms.due().left(newcomer.flow.latestDue) < 0;
    }

    /// Puts a newcomer where [#find] found, those behind it expecting to be done later.
    void insert(int index, Place newcomer, Outlook outlook) {
        places.add(index, newcomer);
        work += newcomer.work;
        Flow flow = newcomer.flow;
        boolean anotherIsDueLater = dueLater(newcomer);
        if (flow.places == 0 || !anotherIsDueLater) {
            flow.latestDue = newcomer.terms.due().tick();
        }
        flow.places++;
        flow.work += newcomer.work;
        if (newcomer.promised) {
            flow.finish = newcomer.tag;
        }
        delay(index + 1, newcomer.work * outlook.rate());
        if (newcomer.promised && anotherIsDueLater) {
            Earliest.first(places, index, outlook);
        }
    }

    /// Takes out what is not kept. Those behind expect to be done sooner.
    ///
    /// @param kept tells of a place whether it stays
    /// @return what left
    List<Place> keep(Predicate<Place> kept, Outlook outlook) {
        List<Place> gone = new ArrayList<>();
        double sooner = 0;
        int stays = 0;
        for (Place place : places) {
            if (kept.test(place)) {
                place.expected = Math.max(0, place.expected - sooner * outlook.rate());
                places.set(stays++, place);
            } else {
                gone.add(place);
                sooner += place.work;
                place.flow.finish -= place.promised ? place.work / place.flow.weight : 0;
                left(place, place.work);
                place.flow.places--;
            }
        }
        places.subList(stays, places.size()).clear();
        return gone;
    }

    /// Takes items out to be run.
    void take(List<Place.Job> jobs) {
        advance();
        for (Place.Job job : jobs) {
            Place place = job.place();
            place.jobs.remove(job);
            place.work -= job.work();
            left(place, job.work());
            if (place.jobs.isEmpty()) {
                place.flow.places--;
            }
        }
        places.removeIf(place -> place.jobs.isEmpty());
    }

    /// Puts a batch's time to its callers' accounts, and beside it whose time it was by the policy: of all that had
    /// something in it or waiting, by weight. Callers pay for the time that was really spent on them.
    ///
    /// @param pace nanoseconds that batches take for one of predicted work
    void account(List<Place.Job> jobs, long nanos, double pace) {
        double all = 0;
        for (Place.Job job : jobs) {
            all += job.work();
        }
        Set<Flow> wanting = new LinkedHashSet<>();
        for (Place.Job job : jobs) {
            Flow flow = job.place().flow;
            wanting.add(flow);
            double given = nanos * job.work() / all;
            sharing.usage().gave(flow.caller.name(), given);
            if (job.place().promised && job.place().known) {
                flow.finish += (given / pace - job.work()) / flow.weight;
            }
        }
        flows.values().stream().filter(flow -> flow.places > 0).forEach(wanting::add);
        double weights = 0;
        for (Flow flow : wanting) {
            weights += flow.weight;
        }
        for (Flow flow : wanting) {
            sharing.usage().owed(flow.caller.name(), nanos * flow.weight / weights);
        }
    }

    private void left(Place place, double itsWork) {
        work = Math.max(0, work - itsWork);
        place.flow.work = Math.max(0, place.flow.work - itsWork);
    }

    private void delay(int from, double nanos) {
        for (Place place : places.subList(from, places.size())) {
            place.expected += place.expected > 0 ? nanos : 0;
        }
    }

    /// Everybody has been served as far as the one that is furthest behind.
    private void advance() {
        double least = Double.POSITIVE_INFINITY;
        double most = virtual;
        for (Place place : places) {
            if (place.promised) {
                least = Math.min(least, place.start());
                most = Math.max(most, place.tag);
            }
        }
        virtual = Math.max(virtual, Math.min(least, most));
    }

    private void weigh(long nowTick) {
        weighedTick = nowTick;
        Sharing.Known known = Sharing.Known.NOBODY;
        for (Flow flow : flows.values()) {
            if (nowTick - flow.seenTick <= KNOWN_FOR_NANOS) {
                known = known.with(flow.caller);
            }
        }
        for (Flow flow : flows.values()) {
            if (nowTick - flow.seenTick <= KNOWN_FOR_NANOS) {
                flow.weight = sharing.weight(flow.caller, known);
                flow.share = sharing.share(flow.caller, known);
            }
        }
    }

    private void forgetSomebody() {
        if (flows.size() >= MOST_FLOWS) {
            flows.values().stream()
                    .filter(flow -> flow.places == 0)
                    .min((one, other) -> Long.signum(one.seenTick - other.seenTick))
                    .ifPresent(flow -> flows.remove(flow.caller.name()));
        }
    }
}
