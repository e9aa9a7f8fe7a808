package dev.kiln.core;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The callers' ways through a lane: who has something waiting in it, and whose the engine's time was.
///
/// **Threads:** guarded by the device's lock.
final class Flows {
    private final DeviceTime device;
    private final Map<String, Flow> flows = new HashMap<>();

    /// Those that have something waiting.
    private final Set<Flow> waiting = new LinkedHashSet<>();

    Flows(DeviceTime device) {
        this.device = device;
    }

    /// Nanoseconds of what waits of the caller that has most waiting.
    double mostOfOne() {
        double most = 0;
        for (Flow flow : waiting) {
            most = Math.max(most, flow.work);
        }
        return most;
    }

    /// What those that wait here have had, over weight, all together; infinite while none waits.
    double had() {
        double weights = 0;
        double had = 0;
        for (Flow flow : waiting) {
            weights += flow.weight();
            had += flow.weight() * flow.account.had;
        }
        return weights > 0 ? had / weights : Double.POSITIVE_INFINITY;
    }

    /// Where a caller's next call stands at least, in virtual time: as far behind whoever has had least here as it has had
    /// more, whichever lane of the device gave it.
    double earliest(Flow flow) {
        Flow least = flow;
        for (Flow one : waiting) {
            least = one.account.had < least.account.had ? one : least;
        }
        double served = least.finish - least.work / least.weight();
        return least == flow
                ? Double.NEGATIVE_INFINITY
                : served + flow.account.had - least.account.had + flow.work / flow.weight();
    }

    /// A caller's way.
    Flow flow(Caller caller, long nowTick) {
        Account account = device.accounts().came(caller, nowTick);
        Flow flow = flows.get(caller.name());
        if (flow == null || flow.account != account) {
            forgetSomebody();
            flow = new Flow(account);
            flows.put(caller.name(), flow);
        }
        return flow;
    }

    /// The same without noting anything; of one not known, a way that it has not begun.
    Flow look(Caller caller, long nowTick) {
        Flow flow = flows.get(caller.name());
        return flow == null ? new Flow(new Account(caller, nowTick)) : flow;
    }

    /// A place stands in the row from now on.
    void came(Place place) {
        if (place.flow.places++ == 0) {
            waiting.add(place.flow);
        }
        place.flow.work += place.work;
        device.accounts().waits(place.flow.account);
    }

    /// A place stands in the row no longer.
    void left(Place place) {
        if (--place.flow.places == 0) {
            waiting.remove(place.flow);
        }
        device.accounts().left(place.flow.account);
    }

    /// Has a batch's callers pay for the time that was really spent on them, as far as it was not what they came for.
    ///
    /// @param pace nanoseconds that batches take for one of predicted work
    void settle(List<Place.Job> jobs, long tookNanos, double pace) {
        double all = work(jobs);
        for (Place.Job job : jobs) {
            if (job.place().promised && job.place().known) {
                double given = tookNanos * job.work() / all;
                Flow flow = job.place().flow;
                flow.finish += (given / pace - job.work()) / flow.weight();
            }
        }
    }

    /// Counts whose a batch's time was, and beside it whose by the policy: of all that had something in it or waiting on the
    /// device, by weight.
    void count(List<Place.Job> jobs, long spentNanos) {
        Usage usage = device.usage();
        Map<Account, Double> parts = parts(jobs, (double) spentNanos);
        parts.forEach((account, nanos) -> usage.gave(account.caller.name(), nanos));
        Set<Account> wanting = new LinkedHashSet<>(device.accounts().waiting());
        wanting.addAll(parts.keySet());
        double weights = 0;
        for (Account account : wanting) {
            weights += account.weight;
        }
        for (Account account : wanting) {
            usage.owed(account.caller.name(), spentNanos * account.weight / weights);
        }
    }

    /// What of a batch's nanoseconds was whose.
    Map<Account, Double> parts(List<Place.Job> jobs, double nanos) {
        double all = work(jobs);
        Map<Account, Double> parts = new LinkedHashMap<>();
        for (Place.Job job : jobs) {
            parts.merge(job.place().flow.account, nanos * job.work() / all, Double::sum);
        }
        return parts;
    }

    private static double work(List<Place.Job> jobs) {
        double work = 0;
        for (Place.Job job : jobs) {
            work += job.work();
        }
        return work;
    }

    /// Whether something of a caller waits here.
    boolean waits(Account account) {
        Flow flow = flows.get(account.caller.name());
        return flow != null && flow.account == account && flow.places > 0;
    }

    private void forgetSomebody() {
        if (flows.size() >= Accounts.MOST) {
            flows.values().stream()
                    .filter(flow -> flow.places == 0)
                    .min((one, other) -> Long.signum(one.account.seenTick - other.account.seenTick))
                    .ifPresent(flow -> flows.remove(flow.account.caller.name()));
        }
    }
}
