package dev.kiln.core;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A name that callers ask, and the lanes that answer under it now: one for each device that computes its model.
///
/// A call goes to the lane that expects to be done with it first, once, when it is prepared, and finishes there; a
/// switch touches only calls that come later. A call that finds its lane closed or out of order takes another. Beside
/// the lanes a candidate may be on [Trial].
///
/// **Threads:** any.
public final class Slot {
    /// One call's work.
    ///
    /// @param call its id
    /// @param streams whether its outputs leave as they come, so that it can run only once and on no candidate
    public record Work(long call, List<ModelInput> inputs, Terms terms, boolean streams) {}

    /// Told how a call fares, on the call's own thread.
    public interface Witness {
        /// The call runs on this model from here on.
        void took(ModelInfo model);

        /// Its inputs are ready.
        void prepared();

        /// It waits for its outputs; whoever wants them one by one takes them here.
        ///
        /// @param items how many there will be
        default void waits(Ticket ticket, int items)
                throws Refused, ModelFault, InterruptedException {}
    }

    private final String name;
    private final Time time;
    private final AtomicReference<Sites> sites;

    /// Lanes that answered before, until they have ended; guarded by itself.
    private final List<Lane> leaving = new ArrayList<>();

    /// What lanes that have ended did, by their device; guarded by leaving.
    private final Map<String, LaneFacts> past = new HashMap<>();

    /// Set once, when the name is served no more.
    private volatile boolean retired;

    /// @param lanes of one model, at least one
    public Slot(String name, List<Lane> lanes, Time time) {
        this.name = name;
        this.time = time;
        this.sites = new AtomicReference<>(Sites.serving(lanes));
    }

    public String name() {
        return name;
    }

    public Sites sites() {
        return sites.get();
    }

    /// The first of the lanes that answer; empty while nobody does.
    public Optional<Lane> lane() {
        return sites.get().lanes().stream().findFirst();
    }

    /// The model that answers, or answered last.
    public ModelInfo model() {
        Sites now = sites.get();
        return lane().orElse(now.all().getFirst().lane()).info();
    }

    /// What all lanes of this name have done, those that left included. Counters only rise.
    public LaneFacts facts() {
        return factsByDevice().values().stream().reduce(LaneFacts.NONE, LaneFacts::plus);
    }

    /// The same by the device that computed.
    public Map<String, LaneFacts> factsByDevice() {
        synchronized (leaving) {
            leaving.removeIf(lane -> {
                boolean ended = lane.ended();
                if (ended) {
                    add(lane, past);
                }
                return ended;
            });
            Map<String, LaneFacts> sums = new TreeMap<>(past);
            leaving.forEach(lane -> add(lane, sums));
            sites.get().lanes().forEach(lane -> add(lane, sums));
            return sums;
        }
    }

    private static void add(Lane lane, Map<String, LaneFacts> sums) {
        sums.merge(lane.info().device().active(), lane.facts(), LaneFacts::plus);
    }

    /// How long the smallest call on these terms would take if it came now, in nanoseconds; nothing is noted of its
    /// caller. 0 while nobody answers.
    public long foretell(Terms terms) {
        return (long)
                sites.get().lanes().stream()
                        .mapToDouble(lane -> lane.foretell(terms))
                        .min()
                        .orElse(0);
    }

    /// Runs a call.
    ///
    /// @throws Refused also with [Refusal#RUN_MODEL_DOWN] while nobody answers
    /// @throws UnfitInput if the model cannot eat one of the inputs
    public Ticket.Ran run(Work work, Witness witness)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        Optional<Trial> trial = sites.get().trial();
        if (trial.isEmpty() || work.streams()) {
            return answer(work, witness);
        }
        Optional<Lane> candidate =
                Nearest.of(trial.get().instead(work.call()), work.inputs().size());
        if (candidate.isPresent()) {
            Optional<Ticket.Ran> ran = tryOn(candidate.get(), trial.get(), work, witness);
            if (ran.isPresent()) {
                return ran.get();
            }
        }
        boolean retried = candidate.isPresent();
        long beganTick = time.tick();
        Ticket.Ran ran = answer(work, witness);
        long took = time.tick() - beganTick;
        trial.get().usable(new Trial.Seen(false, retried, work.inputs(), Optional.of(ran), took));
        return ran;
    }

    private Ticket.Ran answer(Work work, Witness witness)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        List<Lane> tried = new ArrayList<>();
        Refused last = null;
        while (true) {
            Lane lane = laneOrRefusal(work, tried, last);
            try {
                return runOn(lane, work, work.terms(), witness);
            } catch (Refused refused) {
                if (!concernsTheLane(refused, work)) {
                    throw refused;
                }
                tried.add(lane);
                last = refused;
            }
        }
    }

    /// Whether another lane may take the call: this one has closed before it ran, or failed while it waited.
    private static boolean concernsTheLane(Refused refused, Work work) {
        // Pieces of a streamed answer may have left already.
        return refused.reason() == Refusal.SERVER_DRAINING
                || (refused.reason() == Refusal.RUN_MODEL_DOWN && !work.streams());
    }

    private static Ticket.Ran runOn(Lane lane, Work work, Terms terms, Witness witness)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        witness.took(lane.info());
        int items = work.inputs().size();
        Ticket ticket;
        lane.coming(items);
        try {
            List<Prepared> prepared = lane.prepare(work.inputs(), terms);
            witness.prepared();
            ticket = lane.submit(prepared, terms);
        } finally {
            lane.coming(-items);
        }
        try {
            witness.waits(ticket, items);
            return ticket.await();
        } finally {
            if (!ticket.answered()) {
                ticket.cancel();
            }
        }
    }

    /// Half of the time that is left goes to the candidate, the rest is kept for the lanes that answer.
    private Optional<Ticket.Ran> tryOn(Lane candidate, Trial trial, Work work, Witness witness)
            throws InterruptedException {
        long beganTick = time.tick();
        long left = work.terms().deadline().left(beganTick);
        Terms half = work.terms().until(new Deadline(beganTick + left / 2));
        try {
            Ticket.Ran ran = runOn(candidate, work, half, witness);
            boolean usable = trial.usable(seen(work, Optional.of(ran), beganTick));
            return usable ? Optional.of(ran) : Optional.empty();
        } catch (Refused refused) {
            if (refused.reason() != Refusal.SERVER_DRAINING) {
                trial.usable(seen(work, Optional.empty(), beganTick));
            }
        } catch (UnfitInput | ModelFault _) {
            trial.usable(seen(work, Optional.empty(), beganTick));
        }
        return Optional.empty();
    }

    private Trial.Seen seen(Work work, Optional<Ticket.Ran> ran, long beganTick) {
        return new Trial.Seen(true, false, work.inputs(), ran, time.tick() - beganTick);
    }

    /// @param tried lanes that could not take it
    /// @param last what the last of them said
    private Lane laneOrRefusal(Work work, List<Lane> tried, @Nullable Refused last) throws Refused {
        if (retired) {
            throw new Refused(Refusal.TASK_UNKNOWN_MODEL, "this model is not served here any more");
        }
        Sites now = sites.get();
        List<Lane> left = now.lanes().stream().filter(lane -> !tried.contains(lane)).toList();
        List<Lane> sound = left.stream().filter(lane -> lane.health() != Lane.Health.SICK).toList();
        Optional<Lane> lane = Nearest.of(sound.isEmpty() ? left : sound, work.inputs().size());
        if (lane.isPresent()) {
            return lane.get();
        }
        throw last != null ? last : down(now);
    }

    private Refused down(Sites now) {
        long soonest = Long.MAX_VALUE;
        for (Sites.Site site : now.all()) {
            if (site instanceof Sites.Site.Down(_, _, long againTick)) {
                soonest = Math.min(soonest, againTick - time.tick());
            }
        }
        return Refused.until(
                Refusal.RUN_MODEL_DOWN,
                "the model failed repeatedly and is being rebuilt",
                Lane.REBUILD_TIME.plusNanos(Math.max(0, soonest)));
    }

    /// Answers with other lanes from now on.
    ///
    /// @param next of one model, at least one
    /// @return the lanes that answered until now, to be closed
    public List<Lane> answerWith(List<Lane> next) {
        synchronized (leaving) {
            List<Lane> left = change(_ -> Sites.serving(next)).lanes();
            leaving.addAll(left);
            return left;
        }
    }

    /// Answers with another lane in the place of one, whether that answered until now or was out.
    ///
    /// @return the one, to be closed, if it answered until now
    public Optional<Lane> renew(Lane old, Lane next) {
        return replace(old, new Sites.Site.Serving(next));
    }

    private Optional<Lane> replace(Lane old, Sites.Site next) {
        synchronized (leaving) {
            boolean served = change(now -> now.with(old, next)).lanes().contains(old);
            if (served) {
                leaving.add(old);
            }
            return served ? Optional.of(old) : Optional.empty();
        }
    }

    /// Serves nobody from now on, for good; calls that have reached a lane finish there.
    ///
    /// @return the lanes that answered until now, to be closed
    public List<Lane> retire() {
        retired = true;
        return sites.get().lanes();
    }

    /// Answers without this lane from now on.
    ///
    /// @param again when the next attempt to rebuild it is made, from now
    /// @return false if another has its place by now
    public boolean takeOut(Lane failed, String why, Duration again) {
        return sites.get().lanes().contains(failed)
                && replace(failed, new Sites.Site.Down(failed, why, tickAfter(again))).isPresent();
    }

    /// Says when the next attempt to rebuild a lane is made, while it is out.
    public void stayDown(Lane failed, String why, Duration again) {
        var down = new Sites.Site.Down(failed, why, tickAfter(again));
        change(now ->
                now.of(failed).filter(site -> site instanceof Sites.Site.Down).isPresent()
                        ? now.with(failed, down)
                        : now);
    }

    private long tickAfter(Duration time) {
        return this.time.tick() + time.toNanos();
    }

    /// Tries a candidate beside the lanes that answer.
    ///
    /// @return false if nobody answers, or something is tried already
    public boolean begin(Trial trial) {
        Sites before = change(now -> now.free() ? now.trying(Optional.of(trial)) : now);
        return before.free();
    }

    /// Ends a trial; nothing if another is on by now.
    public void end(Trial trial) {
        change(now ->
                now.trial().filter(trial::equals).isPresent() ? now.trying(Optional.empty()) : now);
    }

    private Sites change(UnaryOperator<Sites> change) {
        return sites.getAndUpdate(change);
    }
}
