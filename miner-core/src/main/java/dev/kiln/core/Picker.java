package dev.kiln.core;

import dev.kiln.core.Place.Job;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Picks the items of the next batch around the head of a row. The head always leads; items of like cost may go before
/// others for a batch's sake, but before no call that is alone in its caller's line more than [#MOST_PASSING] full
/// batches of them in all, nor before one that would then be late.
///
/// @param outlook of this moment
record Picker(Row row, BatchPolicy policy, ServiceCurve curve, Outlook outlook) {
    /// Full batches that may go before a call that is alone in its caller's line.
    static final int MOST_PASSING = 8;

    /// The same for the calls of a line; a window of many lengths goes round in some 30 batches.
    private static final int MOST_PASSING_A_LINE = 64;

    /// Full batches by which a call must be early for others to go before it.
    private static final int SPARE = 3;

    /// An item near the head.
    ///
    /// @param until work of the row up to its place's end
    private record Near(Job job, double until) {}

    /// What runs next, at least one item; the row must not be empty. Those passed over are noted as such.
    List<Job> pick() {
        List<Near> window = window();
        int[] chosen = choose(window);
        notePassing(window, chosen);
        return jobs(window, chosen);
    }

    /// What would run next.
    List<Job> choice() {
        List<Near> window = window();
        return jobs(window, choose(window));
    }

    private int[] choose(List<Near> window) {
        int seen = window.size();
        while (true) {
            int[] chosen = policy.choose(costs(window, seen));
            int wall = wall(window, chosen);
            if (wall >= seen || chosen.length == 1) {
                return inTime(window, chosen);
            }
            seen = wall;
        }
    }

    private static List<Job> jobs(List<Near> window, int[] chosen) {
        List<Job> jobs = new ArrayList<>(chosen.length);
        for (int index : chosen) {
            jobs.add(window.get(index).job());
        }
        return jobs;
    }

    private List<Near> window() {
        List<Near> window = new ArrayList<>();
        double until = 0;
        for (Place place : row.places()) {
            until += place.work;
            for (Job job : place.jobs) {
                if (window.size() == BatchPolicy.WINDOW) {
                    return window;
                }
                window.add(new Near(job, until));
            }
        }
        return window;
    }

    private static int[] costs(List<Near> window, int seen) {
        int[] costs = new int[seen];
        for (int i = 0; i < seen; i++) {
            costs[i] = window.get(i).job().item().cost();
        }
        return costs;
    }

    /// How much of the window there is up to the first call that may not be passed over and would be.
    private int wall(List<Near> window, int[] chosen) {
        double full = full(window.getFirst().job());
        int next = 0;
        double behind = work(window, chosen, 0);
        for (int i = 0; i < window.size() && next < chosen.length; i++) {
            Near near = window.get(i);
            if (chosen[next] == i) {
                behind -= near.job().work();
                next++;
                continue;
            }
            Place place = near.job().place();
            double most = place.flow.places == 1 ? MOST_PASSING : MOST_PASSING_A_LINE;
            double passing = behind - ownBehind(window, chosen, next, place);
            double then = outlook.done(place, near.until() + passing) + SPARE * full;
            if (passing > 0
                    && (place.passedOver + passing > most * full
                            || place.late(then, outlook.nowTick()))) {
                return end(window, i);
            }
        }
        return window.size();
    }

    /// Drops company from the end until whoever is in the batch is answered in time, as far as that helps.
    private int[] inTime(List<Near> window, int[] chosen) {
        int size = chosen.length;
        while (size > 1 && tooLong(window, chosen, size) && !tooLong(window, chosen, 1)) {
            size = size * 3 / 4;
        }
        return Arrays.copyOf(chosen, size);
    }

    private boolean tooLong(List<Near> window, int[] chosen, int size) {
        long dearest = 0;
        for (int i = 0; i < size; i++) {
            dearest = Math.max(dearest, window.get(chosen[i]).job().item().cost());
        }
        double took = curve.batch(size, size * dearest).orElse(0);
        for (int i = 0; i < size; i++) {
            if (window.get(chosen[i]).job().place().late(took, outlook.nowTick())) {
                return true;
            }
        }
        return false;
    }

    private static void notePassing(List<Near> window, int[] chosen) {
        double behind = 0;
        int next = chosen.length - 1;
        int last = chosen[next];
        Place noted = window.get(last).job().place();
        for (int i = last; i >= 0; i--) {
            Job job = window.get(i).job();
            if (next >= 0 && chosen[next] == i) {
                behind += job.work();
                next--;
            } else if (job.place() != noted) {
                noted = job.place();
                noted.passedOver += behind;
            }
        }
    }

    private static double work(List<Near> window, int[] chosen, int from) {
        double work = 0;
        for (int i = from; i < chosen.length; i++) {
            work += window.get(chosen[i]).job().work();
        }
        return work;
    }

    /// What is chosen of a place behind its first item that is not.
    private static double ownBehind(List<Near> window, int[] chosen, int from, Place place) {
        double own = 0;
        for (int i = from; i < chosen.length && window.get(chosen[i]).job().place() == place; i++) {
            own += window.get(chosen[i]).job().work();
        }
        return own;
    }

    private static int end(List<Near> window, int index) {
        Place place = window.get(index).job().place();
        int end = index;
        while (end < window.size() && window.get(end).job().place() == place) {
            end++;
        }
        return end;
    }

    private double full(Job leader) {
        int cost = leader.item().cost();
        return policy.fill(cost) * curve.work(cost, policy);
    }
}
