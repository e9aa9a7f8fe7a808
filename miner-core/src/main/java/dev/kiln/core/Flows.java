package dev.kiln.core;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The callers' ways through a lane: who is reckoned with and with what weight, who has something waiting, and whose the
/// engine's time was.
///
/// **Threads:** guarded by the queue's lock.
final class Flows {
    /// Callers of that long ago are still reckoned with.
    static final long KNOWN_FOR_NANOS = 60_000_000_000L;

    private static final int MOST = 4096;

    private final Sharing sharing;
    private final Runnable weighed;
    private final Map<String, Flow> flows = new HashMap<>();

    /// Those that have something waiting.
    private final Set<Flow> waiting = new LinkedHashSet<>();

    private long weighedTick;

    /// @param weighed told when weights have changed
    Flows(Sharing sharing, Runnable weighed) {
        this.sharing = sharing;
        this.weighed = weighed;
    }

    /// Nanoseconds of what waits of the caller that has most waiting.
    double mostOfOne() {
        double most = 0;
        for (Flow flow : waiting) {
            most = Math.max(most, flow.work);
        }
        return most;
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

    /// The same without noting anything; of one not known, a way that it has not begun.
    Flow look(Caller caller, long nowTick) {
        Flow flow = flows.get(caller.name());
        return flow == null ? new Flow(caller, nowTick) : flow;
    }

    /// A place stands in the row from now on.
    void came(Place place) {
        if (place.flow.places++ == 0) {
            waiting.add(place.flow);
        }
        place.flow.work += place.work;
    }

    /// A place stands in the row no longer.
    void left(Place place) {
        if (--place.flow.places == 0) {
            waiting.remove(place.flow);
        }
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
        Set<Flow> wanting = new LinkedHashSet<>(waiting);
        for (Place.Job job : jobs) {
            Flow flow = job.place().flow;
            wanting.add(flow);
            double given = nanos * job.work() / all;
            sharing.usage().gave(flow.caller.name(), given);
            if (job.place().promised && job.place().known) {
                flow.finish += (given / pace - job.work()) / flow.weight;
            }
        }
        double weights = 0;
        for (Flow flow : wanting) {
            weights += flow.weight;
        }
        for (Flow flow : wanting) {
            sharing.usage().owed(flow.caller.name(), nanos * flow.weight / weights);
        }
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
        weighed.run();
    }

    private void forgetSomebody() {
        if (flows.size() >= MOST) {
            flows.values().stream()
                    .filter(flow -> flow.places == 0)
                    .min((one, other) -> Long.signum(one.seenTick - other.seenTick))
                    .ifPresent(flow -> flows.remove(flow.caller.name()));
        }
    }
}
