package dev.kiln.core;

import java.util.ArrayList;
import java.util.List;

/// Neighbours in a row, and what holds for all of them, so that most of a long row is passed without a look at each.
///
/// **Threads:** guarded by the device's lock.
final class Stretch {
    /// Places in one; one more and it is split.
    static final int MOST = 64;

    private final List<Place> places = new ArrayList<>(MOST + 1);

    /// Nanoseconds by which its places are to be done later than they expect; put to their own account by [#settle].
    private double later;

    /// Whether what follows has to be summed up anew.
    private boolean stale;

    private double work;

    // Of the promised ones.
    private boolean promised;
    private double leastStart = Double.POSITIVE_INFINITY;
    private double leastTurn = Double.POSITIVE_INFINITY;
    private double mostFinish = Double.NEGATIVE_INFINITY;
    private double mostExtra;
    private double mostSpare;
    private long soonestDue;
    private long latestDue;

    /// Of all.
    private long soonestDeadline;

    int size() {
        return places.size();
    }

    Place get(int index) {
        return places.get(index);
    }

    int indexOf(Place place) {
        return places.indexOf(place);
    }

    void set(int index, Place place) {
        places.set(index, place);
        place.stretch = this;
        stale = true;
    }

    /// Puts a place in, those behind it in this stretch expecting to be done later.
    void add(int index, Place place, double delayNanos) {
        settle();
        places.add(index, place);
        place.stretch = this;
        sum(place, places.size() == 1);
        delay(index + 1, delayNanos);
    }

    /// Takes a place out, those behind it in this stretch expecting to be done sooner, or as before for 0.
    void remove(Place place, double soonerNanos) {
        settle();
        int index = places.indexOf(place);
        places.remove(index);
        place.stretch = null;
        stale = true;
        delay(index, -soonerNanos);
    }

    /// Takes the second half out.
    Stretch split() {
        settle();
        Stretch second = new Stretch();
        List<Place> moved = places.subList(MOST / 2, places.size());
        moved.forEach(place -> second.set(second.append(place), place));
        moved.clear();
        stale = true;
        return second;
    }

    /// Takes in all of the next one.
    void join(Stretch next) {
        settle();
        next.settle();
        next.places.forEach(place -> set(append(place), place));
    }

    private int append(Place place) {
        places.add(place);
        return places.size() - 1;
    }

    /// All of it is to be done that much later.
    void delay(double nanos) {
        later += nanos;
    }

    /// Something of a place has changed that is summed up here.
    void changed() {
        stale = true;
    }

    /// Writes down at each place what it expects by now.
    void settle() {
        delay(0, later);
        later = 0;
    }

    private void delay(int from, double nanos) {
        if (nanos != 0) {
            for (int i = from; i < places.size(); i++) {
                Place place = places.get(i);
                place.expected = place.expected > 0 ? Math.max(0, place.expected + nanos) : 0;
            }
        }
    }

    /// Nanoseconds of what waits here, in full batches.
    double work() {
        refresh();
        return work;
    }

    /// Where the caller that is furthest behind stands here, in virtual time; infinite where nothing is promised.
    double leastStart() {
        refresh();
        return leastStart;
    }

    /// The share that has paid for all here, in virtual time; minus infinity where nothing is promised.
    double mostFinish() {
        refresh();
        return mostFinish;
    }

    /// Whether any place's deadline has passed.
    boolean anyPassed(long nowTick) {
        refresh();
        return soonestDeadline - nowTick <= 0;
    }

    /// Whether any promised place is due after this moment.
    boolean anyDueAfter(long tick) {
        refresh();
        return promised && latestDue - tick > 0;
    }

    /// Whether all places are in time for certain.
    ///
    /// @param until work of the row up to the end of this stretch
    boolean inTime(double until, Outlook outlook) {
        refresh();
        return !promised || outlook.after(until) + mostExtra <= soonestDue - outlook.nowTick();
    }

    /// Whether a newcomer may go before all of these for certain: nobody has paid for less, and no promise comes near
    /// its end. Where not, each has to be asked.
    ///
    /// @param until work of the row up to the end of this stretch
    boolean letsPass(Place newcomer, double until, Outlook outlook) {
        refresh();
        if (!promised) {
            return true;
        }
        double first = outlook.after(until - work + newcomer.work);
        double last = outlook.after(until + newcomer.work) + mostExtra;
        double spare = Math.min(last * (outlook.margin().most(first, last) - 1), mostSpare);
        return leastTurn > newcomer.turn && last + spare <= soonestDue - outlook.nowTick();
    }

    private void refresh() {
        if (stale) {
            stale = false;
            work = 0;
            promised = false;
            leastStart = Double.POSITIVE_INFINITY;
            leastTurn = Double.POSITIVE_INFINITY;
            mostFinish = Double.NEGATIVE_INFINITY;
            mostExtra = 0;
            mostSpare = 0;
            for (int i = 0; i < places.size(); i++) {
                sum(places.get(i), i == 0);
            }
        }
    }

    private void sum(Place place, boolean first) {
        work += place.work;
        if (first || place.deadlineTick - soonestDeadline < 0) {
            soonestDeadline = place.deadlineTick;
        }
        if (place.promised) {
            leastStart = Math.min(leastStart, place.start);
            leastTurn = Math.min(leastTurn, place.turn);
            mostFinish = Math.max(mostFinish, place.finish());
            mostExtra = Math.max(mostExtra, place.extra);
            mostSpare = Math.max(mostSpare, place.spare);
            soonestDue = promised ? soonest(soonestDue, place.dueTick) : place.dueTick;
            latestDue = promised ? -soonest(-latestDue, -place.dueTick) : place.dueTick;
            promised = true;
        }
    }

    private static long soonest(long one, long other) {
        return one - other <= 0 ? one : other;
    }
}
