package dev.kiln.core;

import dev.kiln.core.Place.Job;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Picks the items of the next batch from those near the head of a row. The head leads, or the first that must not wait
/// any longer; company is whatever costs about as much.
///
/// Near the head is what would run within [#NEAR] full batches: whoever has more waiting than others stands further
/// behind and does not come in as company before his share has come to it.
final class Picker {
    /// Full batches' work from the head on that are looked at.
    static final int NEAR = 2;

    /// Full batches' work that may go before a call for the sake of like lengths; then it leads.
    static final int MOST_PASSING = 3;

    /// Full batches by which a call must be early for others to go before it.
    private static final int SPARE = 3;

    private final BatchPolicy policy;
    private final ServiceCurve curve;
    private final Outlook outlook;

    /// Items near the head, at least one.
    private final List<Job> window = new ArrayList<>();

    private final int[] costs = new int[BatchPolicy.WINDOW];

    /// Of each, work of the row up to its place's end.
    private final double[] untils = new double[BatchPolicy.WINDOW];

    /// Nanoseconds of work of a full batch of the head's like.
    private final double full;

    /// Nanoseconds that the batch should take at most.
    private final double longest;

    /// Indexes into the window, ascending.
    private int[] chosen = {};

    /// @param row not empty
    /// @param outlook of this moment
    /// @param brief nanoseconds that the batch should take at most where somebody has more waiting than one holds
    Picker(Row row, BatchPolicy policy, ServiceCurve curve, Outlook outlook, double brief) {
        this.policy = policy;
        this.curve = curve;
        this.outlook = outlook;
        int leading = row.stretches().getFirst().get(0).jobs.getFirst().item().cost();
        this.full = policy.fill(leading) * curve.work(leading, policy);
        boolean may = brief < full && row.flows().mostOfOne() > full;
        this.longest = may ? brief : Double.POSITIVE_INFINITY;
        look(row);
    }

    private void look(Row row) {
        double until = 0;
        for (Stretch stretch : row.stretches()) {
            for (int i = 0; i < stretch.size(); i++) {
                Place place = stretch.get(i);
                if (until > NEAR * full) {
                    return;
                }
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
        int leader = leader();
        chosen = brief(costs[leader]).choose(costs, window.size(), leader);
        chosen = inTime();
        List<Job> jobs = new ArrayList<>(chosen.length);
        for (int index : chosen) {
            jobs.add(window.get(index));
        }
        return jobs;
    }

    /// The rule for batches that take no longer than they should.
    private BatchPolicy brief(int cost) {
        int size = policy.fill(cost);
        while (size > 1 && curve.batch(size, (long) size * cost).orElse(0) > longest) {
            size--;
        }
        return size == policy.fill(cost) ? policy : policy.atMost((long) size * cost);
    }

    /// The head, or the first behind it before which nothing more may go.
    private int leader() {
        boolean little = asksForLittle(window.getFirst().place());
        for (int i = 0; i < window.size(); i++) {
            Place place = window.get(i).place();
            boolean passedOften = place.passedOver > MOST_PASSING * full;
            if ((passedOften && !little) || comesTooLate(place, untils[i])) {
                return i;
            }
        }
        return 0;
    }

    /// Whether batches are kept short for its caller's sake, among others. Its share says when its turn is, so it takes
    /// nobody's.
    private boolean asksForLittle(Place head) {
        return longest < Double.POSITIVE_INFINITY && head.flow.places == 1;
    }

    private boolean comesTooLate(Place place, double until) {
        return place.late(outlook.done(place, until) + SPARE * full, outlook.nowTick());
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
}
