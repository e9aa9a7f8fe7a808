package dev.kiln.core;

import dev.kiln.core.LaneQueue.Batch;
import dev.kiln.core.Place.Job;
import dev.kiln.core.model.Prepared;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// When a lane will be done with what: from its curve, from how full its batches really are, from what runs now, and
/// from how wrong it was before.
///
/// **Threads:** guarded by the device's lock.
final class Forecast {
    private static final double LEARNING = 0.01;
    private static final double SLOWEST = 16;
    private static final double LEAST_SHARE = 1e-6;

    /// What is expected to take so many times what it has time for is not tried.
    private static final double HOPELESS = 2;

    private static final int TRIED = 50;

    /// A moment named in advance errs by what is learned of the engine's pace until then.
    private static final double LATER = 1.05;

    /// Batches of mixed lengths do not fill; until it is known how far, somewhat less than full is expected.
    private static final double FIRST_PACE = 1.25;

    private final ServiceCurve curve;
    private final int loops;
    private final Duration longestWait;
    private final Margin margin = new Margin();
    private final Runs runs;

    /// Nanoseconds that batches really take for one of their items' work: more than 1 where batches do not fill.
    private double pace = FIRST_PACE;

    private int paced;

    private int hopelessSeen;

    /// What waits already.
    ///
    /// @param work nanoseconds of it in full batches
    /// @param outlook of this moment
    record Waiting(int items, double work, Outlook outlook) {}

    /// @param longestWait of all that waits, promised or not
    Forecast(ServiceCurve curve, int loops, Duration longestWait) {
        this.curve = curve;
        this.loops = loops;
        this.longestWait = longestWait;
        this.runs = new Runs(loops);
    }

    double pace() {
        return pace;
    }

    /// What runs now.
    Runs runs() {
        return runs;
    }

    /// @param crowd what other lanes of the device want at this moment
    Outlook at(long nowTick, Crowd crowd) {
        return new Outlook(nowTick, runs.left(nowTick) / loops, pace / loops, margin, crowd);
    }

    /// Weighs a newcomer's items.
    ///
    /// @param waiting items that wait already
    void weigh(Place newcomer, List<Prepared> items, int waiting, BatchPolicy policy) {
        int dearest = 1;
        for (Prepared item : items) {
            newcomer.add(item, curve.work(item.cost(), policy));
            dearest = Math.max(dearest, item.cost());
        }
        double last = last(items.size() + waiting, dearest, policy);
        newcomer.lastItems = Math.min(policy.fill(dearest), items.size() + waiting);
        newcomer.lastCost = dearest;
        newcomer.known = last > 0;
        newcomer.extra = extra(last, items.size(), dearest, policy);
    }

    /// How long a batch of nothing but these items takes, in nanoseconds; 0 while nothing is known of the engine.
    double alone(List<Prepared> items) {
        int dearest = 1;
        for (Prepared item : items) {
            dearest = Math.max(dearest, item.cost());
        }
        return curve.batch(items.size(), (long) items.size() * dearest).orElse(0);
    }

    /// Nanoseconds of work of a batch that is full both ways; 0 while nothing is known of the engine.
    double full(BatchPolicy policy) {
        int cost = Math.clamp(policy.maxCost() / policy.maxItems(), 1, Integer.MAX_VALUE);
        return policy.fill(cost) * curve.work(cost, policy);
    }

    /// How long a batch of one least item takes, in nanoseconds; 0 while nothing is known of the engine.
    double smallest() {
        return curve.batch(1, 1).orElse(0);
    }

    /// When so many items of one cost would be done behind what waits, in nanoseconds from now.
    double done(int items, int cost, Waiting waiting, BatchPolicy policy) {
        double work = waiting.work() + items * curve.work(cost, policy);
        double last = last(items + waiting.items(), cost, policy);
        return waiting.outlook().after(work) + extra(last, items, cost, policy);
    }

    /// How long the batch of a newcomer's last item takes; 0 while nothing is known of the engine.
    private double last(int items, int dearest, BatchPolicy policy) {
        int company = Math.min(policy.fill(dearest), items);
        return curve.batch(company, (long) company * dearest).orElse(0);
    }

    private double extra(double last, int items, int dearest, BatchPolicy policy) {
        double own = Math.min(policy.fill(dearest), items) * curve.work(dearest, policy);
        return last > 0 ? Math.max(0, last - own * pace / loops) : 0;
    }

    /// Why a place cannot be promised that it is done when due, and from when on it could if nobody else came; empty
    /// where it can.
    Optional<Refused> objection(Place place, double waitingWork, Outlook outlook) {
        double left = place.terms.due().left(outlook.nowTick());
        double safety = margin.factor(place.expected);
        double wait = place.expected * safety;
        Lending lending = Lending.to(place, left, outlook.rate() * safety);
        boolean greedy = wait > lending.limit() * left;
        boolean late = wait > left;
        boolean beyond = beyond(place, waitingWork, outlook) > 0;
        if (!late && !greedy && !beyond) {
            return Optional.empty();
        }
        double most = LATER * place.expected * margin.most(left / Margin.MOST, place.expected);
        double again = Math.max(most - left, fits(place, waitingWork, outlook));
        if (greedy) {
            again = Math.max(again, most - lending.limit() * left);
        }
        // Once all that waits is done it is let in whatever it is.
        Duration when = nanos(Math.min(again, idle(place, waitingWork, outlook)));
        if (beyond) {
            return Optional.of(full(place, waitingWork, when, outlook));
        }
        return Optional.of(
                late
                        ? Refused.until(
                                Refusal.LIMIT_WOULD_MISS_DEADLINE,
                                "predicted %s, the deadline leaves %s"
                                        .formatted(millis(wait), millis(left)),
                                when)
                        : Refused.until(
                                Refusal.LIMIT_QUEUE_FULL,
                                "%s of this caller's work would wait or was done beyond its share, which is %s until the deadline"
                                        .formatted(
                                                millis(lending.ownNanos()),
                                                millis(lending.shareNanos())),
                                when));
    }

    /// Why a place is not even tried though nothing is before it; empty where it is. One in [#TRIED] is tried however
    /// hopeless, because a lane learns only from what it runs that it has become faster.
    Optional<Refused> hopeless(Place place, Outlook outlook) {
        double left = place.terms.due().left(outlook.nowTick());
        boolean hopeless =
                place.expected >= HOPELESS * left
                        && curve.sure(place.lastItems, (long) place.lastItems * place.lastCost);
        if (!hopeless || ++hopelessSeen % TRIED == 0) {
            return Optional.empty();
        }
        return Optional.of(
                new Refused(
                        Refusal.LIMIT_WOULD_MISS_DEADLINE,
                        "predicted %s with nothing before it, the deadline leaves %s"
                                .formatted(millis(place.expected), millis(left))));
    }

    /// Why a place cannot even wait; empty where it can.
    Optional<Refused> beyondAll(Place place, double waitingWork, Outlook outlook) {
        if (beyond(place, waitingWork, outlook) <= 0) {
            return Optional.empty();
        }
        double idle = idle(place, waitingWork, outlook);
        double again = Math.min(fits(place, waitingWork, outlook), idle);
        return Optional.of(full(place, waitingWork, nanos(again), outlook));
    }

    private static Refused full(Place place, double waitingWork, Duration again, Outlook outlook) {
        double wait = outlook.after(waitingWork + place.work);
        return Refused.until(
                Refusal.LIMIT_QUEUE_FULL, "%s of work wait already".formatted(millis(wait)), again);
    }

    /// Nanoseconds of work beyond what may wait, of all or of one caller; 0 or less where there is room.
    private double beyond(Place place, double waitingWork, Outlook outlook) {
        double wait = outlook.after(waitingWork + place.work);
        return Math.max(wait - longestWait.toNanos(), ownBeyond(place, outlook));
    }

    private double ownBeyond(Place place, Outlook outlook) {
        double own = (place.flow.work + place.work) * outlook.rate();
        return own - Math.max(Lending.LENT, place.flow.share()) * longestWait.toNanos();
    }

    /// When there is room again for a place, in nanoseconds from now.
    private double fits(Place place, double waitingWork, Outlook outlook) {
        double wait = outlook.after(waitingWork + place.work) - longestWait.toNanos();
        return Math.max(sure(wait), served(place, ownBeyond(place, outlook), outlook));
    }

    /// When a place would be let in whatever it is: all that waits is done and, where others want the device, they let it run.
    private double idle(Place place, double waitingWork, Outlook outlook) {
        double own = outlook.crowded() ? place.work : 0;
        return sure(outlook.after(waitingWork + own));
    }

    /// When so much of what its caller has waiting is done, in nanoseconds from now: others are served meanwhile.
    private double served(Place place, double own, Outlook outlook) {
        return own > place.flow.work * outlook.rate()
                ? Double.POSITIVE_INFINITY
                : outlook.running() + sure(own) / Math.max(LEAST_SHARE, place.flow.share());
    }

    /// A time that is hardly exceeded.
    private double sure(double nanos) {
        return nanos * margin.factor(nanos);
    }

    /// When so much of what waits is out of the way, in nanoseconds from now.
    Duration until(double work, Outlook outlook) {
        return nanos(sure(outlook.after(work)));
    }

    /// A batch begins.
    void began(Batch batch) {
        int dearest = 0;
        for (Job job : batch.jobs()) {
            dearest = Math.max(dearest, job.item().cost());
        }
        int size = batch.jobs().size();
        runs.began(batch, curve.batch(size, (long) size * dearest).orElse(0));
    }

    /// A batch has ended, well or not.
    ///
    /// @param spentNanos what the device spent on it
    /// @return nanoseconds of that beyond what was paid, where its callers pay for it; less than 0 too
    OptionalDouble ended(Batch batch, long tookNanos, long spentNanos, boolean well) {
        learnPace(batch, tookNanos, well);
        return runs.ended(batch, spentNanos);
    }

    private void learnPace(Batch batch, long tookNanos, boolean well) {
        double work = 0;
        boolean known = true;
        for (Job job : batch.jobs()) {
            work += job.work();
            known &= job.place().known;
        }
        if (well && known && batch.moreWaits() && work > 0) {
            double seen = Math.clamp(tookNanos / work, pace / 4, pace * 4);
            double share = Math.max(LEARNING, 1.0 / (++paced + 1));
            pace = Math.clamp(pace + share * (seen - pace), 1 / SLOWEST, SLOWEST);
        }
    }

    /// A promised call is answered, or has run out of time.
    ///
    /// @param tookNanos infinite where it ran out of time
    void learn(Place place, double tookNanos) {
        if (place.promised && place.known && place.expected > 0) {
            margin.learn(place.expected, tookNanos);
        }
    }

    private static String millis(double nanos) {
        return "%d ms".formatted((long) (nanos / 1e6));
    }

    private static Duration nanos(double nanos) {
        return Duration.ofNanos(Math.max(1, (long) nanos));
    }
}
