package dev.kiln.core;

import dev.kiln.core.model.Prepared;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One call's place in a lane's row: what of it waits still, and the promise that it was given.
///
/// **Threads:** guarded by the device's lock, but for what is final.
final class Place {
    /// One item of the call.
    ///
    /// @param work nanoseconds that it adds to full batches
    record Job(Place place, int index, Prepared item, double work) {
        Ticket ticket() {
            return place.ticket;
        }
    }

    final Ticket ticket;
    final Terms terms;
    final Flow flow;

    /// What waits still, in the call's own order.
    final List<Job> jobs = new ArrayList<>();

    final long offeredTick;

    /// When the terms' due and deadline are.
    final long dueTick;

    final long deadlineTick;

    /// The part of the row in which it stands; none before and after.
    @Nullable Stretch stretch;

    /// Whether the lane has said that the answer will be there when it is due.
    boolean promised;

    /// Virtual time by which its caller's share has paid for all before it.
    double start;

    /// By how much that was beyond everybody's share when it came, in virtual time; 0 of what was promised nothing.
    double ahead;

    /// Where it stands among other callers' calls, in virtual time: [#start], or somewhat before it.
    double turn;

    /// Nanoseconds of work by which its caller may be ahead of his share.
    double lead;

    /// Virtual time before which it does not start, for what other lanes of the device gave its caller.
    double earliest = Double.NEGATIVE_INFINITY;

    /// Nanoseconds of what waits still, in full batches.
    double work;

    /// Nanoseconds by which the batch of its last item may outlast what its own items add to it.
    double extra;

    /// The batch of its last item, as far as can be told: items, and the cost of each.
    int lastItems;

    int lastCost;

    /// Nanoseconds after the offer at which it was last expected to be done; 0 where nothing is to be learned of it.
    double expected;

    /// Nanoseconds by which its promise was on the safe side. What is left of a wait is not less certain than all of it.
    double spare = Double.POSITIVE_INFINITY;

    /// Nanoseconds of work that went before it for the sake of a batch's like lengths.
    double passedOver;

    /// Items that have not run yet.
    int left;

    /// Whether its work is in nanoseconds: something of the engine was known when it came.
    boolean known;

    Place(Ticket ticket, Terms terms, Flow flow, long offeredTick) {
        this.ticket = ticket;
        this.terms = terms;
        this.flow = flow;
        this.offeredTick = offeredTick;
        this.dueTick = terms.due().tick();
        this.deadlineTick = terms.deadline().tick();
    }

    void add(Prepared item, double itsWork) {
        jobs.add(new Job(this, jobs.size(), item, itsWork));
        work += itsWork;
        left++;
    }

    /// The part of the row in which it stands; it must stand in one.
    Stretch stretch() {
        return Objects.requireNonNull(stretch, "this is a bug: a place that stands in no row");
    }

    /// Whether being done so many nanoseconds from now would break the promise.
    boolean late(double fromNow, long nowTick) {
        return promised && fromNow > dueTick - nowTick;
    }

    /// Virtual time by which its caller's share has paid for what waits of it too.
    double finish() {
        return start + work / flow.weight();
    }
}
