package dev.kiln.core;

import dev.kiln.core.Place.Job;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Picks the items of the next batch around the head of a row. The head always leads; items of like cost may go before
/// others for a batch's sake, but before no call that is alone in its caller's line more than [#MOST_PASSING] full
/// batches of them in all, nor before one that would then be late.
final class Picker {
    /// Full batches that may go before a call that is alone in its caller's line.
    static final int MOST_PASSING = 8;

    /// The same for the calls of a line; a window of many lengths goes round in some 30 batches.
    private static final int MOST_PASSING_A_LINE = 64;

    /// Full batches by which a call must be early for others to go before it.
    private static final int SPARE = 3;

    private final BatchPolicy policy;
    private final ServiceCurve curve;
    private final Outlook outlook;

    /// Items near the head, at least one.
    private final List<Job> window = new ArrayList<>();

    private final int[] costs;

    /// Of each, work of the row up to its place's end.
    private final double[] untils;

    /// Nanoseconds of work of a full batch of the head's like.
    private final double full;

    private final double mostPassing;

    /// Indexes into the window, ascending.
    private int[] chosen = {};

    /// @param row not empty
    /// @param outlook of this moment
    Picker(Row row, BatchPolicy policy, ServiceCurve curve, Outlook outlook) {
        this.policy = policy;
        this.curve = curve;
        this.outlook = outlook;
        this.mostPassing = MOST_PASSING;
        this.costs = new int[BatchPolicy.WINDOW];
        this.untils = new double[BatchPolicy.WINDOW];
        look(row);
        int leading = costs[0];
        this.full = policy.fill(leading) * curve.work(leading, policy);
    }

    private void look(Row row) {
        double until = 0;
        for (Stretch stretch : row.stretches()) {
            for (int i = 0; i < stretch.size(); i++) {
                Place place = stretch.get(i);
                until += place.work;
                for (Job job : place.jobs) {
                    if (window.size() == BatchPolicy.WINDOW) {
                        return;
                    }
                    costs[window.size()] = job.item().cost();
                    untils[window.size()] = until;
                    window.add(job);
                }
            }
        }
    }

    /// What should run next, at least one item.
    List<Job> pick() {
        int seen = window.size();
        int[] byNearness = BatchPolicy.byNearness(costs, seen);
        chosen = policy.choose(costs, byNearness, seen);
        for (int wall = wall(); wall < seen && chosen.length > 1; wall = wall()) {
            seen = wall;
            chosen = policy.choose(costs, byNearness, seen);
        }
        chosen = inTime();
        List<Job> jobs = new ArrayList<>(chosen.length);
        for (int index : chosen) {
            jobs.add(window.get(index));
        }
        return jobs;
    }

    /// How much of the window there is up to the first call that may not be passed over and would be.
    private int wall() {
        int next = 0;
        double behind = 0;
        for (int index : chosen) {
            behind += window.get(index).work();
        }
        for (int i = 0; i < window.size() && next < chosen.length; i++) {
            Job job = window.get(i);
            if (chosen[next] == i) {
                behind -= job.work();
                next++;
                continue;
            }
            Place place = job.place();
            double passing = behind - ownBehind(next, place);
            if (passing > 0 && mayNotBePassed(place, untils[i], passing)) {
                return end(i);
            }
        }
        return window.size();
    }

    private boolean mayNotBePassed(Place place, double until, double passing) {
        double most = place.flow.places == 1 ? mostPassing : MOST_PASSING_A_LINE;
        double then = outlook.done(place, until + passing) + SPARE * full;
        return place.passedOver + passing > most * full || place.late(then, outlook.nowTick());
    }

    /// Drops company from the end until whoever is in the batch is answered in time, as far as that helps.
    private int[] inTime() {
        int size = chosen.length;
        while (size > 1 && tooLong(size) && !tooLong(1)) {
            size = size * 3 / 4;
        }
        return size == chosen.length ? chosen : Arrays.copyOf(chosen, size);
    }

    private boolean tooLong(int size) {
        long dearest = 0;
        for (int i = 0; i < size; i++) {
            dearest = Math.max(dearest, costs[chosen[i]]);
        }
        double took = curve.batch(size, size * dearest).orElse(0);
        for (int i = 0; i < size; i++) {
            if (window.get(chosen[i]).place().late(took, outlook.nowTick())) {
                return true;
            }
        }
        return false;
    }

    /// What [#pick] picked is run: those passed over are noted as such.
    void notePassing() {
        double behind = 0;
        int next = chosen.length - 1;
        int last = chosen[next];
        Place noted = window.get(last).place();
        for (int i = last; i >= 0; i--) {
            Job job = window.get(i);
            if (next >= 0 && chosen[next] == i) {
                behind += job.work();
                next--;
            } else if (job.place() != noted) {
                noted = job.place();
                noted.passedOver += behind;
            }
        }
    }

    /// What is chosen of a place behind its first item that is not.
    private double ownBehind(int from, Place place) {
        double own = 0;
        for (int i = from; i < chosen.length && window.get(chosen[i]).place() == place; i++) {
            own += window.get(chosen[i]).work();
        }
        return own;
    }

    private int end(int index) {
        Place place = window.get(index).place();
        int end = index;
        while (end < window.size() && window.get(end).place() == place) {
            end++;
        }
        return end;
    }
}
