package dev.kiln.core;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/// A name that callers ask, and the lane that answers under it now.
///
/// A call takes the lane once, when it is prepared, and finishes there; a switch touches only calls that come later. A
/// call that finds its lane closed takes the new one. Beside the lane a candidate may be on [Trial].
///
/// **Threads:** any.
public final class Slot {
    /// What answers now.
    public sealed interface State {
        /// A lane answers.
        ///
        /// @param trial what is tried beside it
        record Serving(Lane lane, Optional<Trial> trial) implements State {}

        /// Nobody answers: the model is being rebuilt.
        ///
        /// @param model what ran last
        /// @param why the operator's words
        /// @param againTick when the next attempt is made
        record Down(ModelInfo model, String why, long againTick) implements State {}
    }

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
    private final AtomicReference<State> state;

    /// Lanes that answered before, until they have ended; guarded by itself.
    private final List<Lane> leaving = new ArrayList<>();

    /// What lanes that have ended did; guarded by leaving.
    private LaneFacts past = LaneFacts.NONE;

    /// Set once, when the name is served no more.
    private volatile boolean retired;

    public Slot(String name, Lane lane, Time time) {
        this.name = name;
        this.time = time;
        this.state = new AtomicReference<>(new State.Serving(lane, Optional.empty()));
    }

    public String name() {
        return name;
    }

    public State state() {
        return state.get();
    }

    /// The lane that answers; empty while nobody does.
    public Optional<Lane> lane() {
        return state.get() instanceof State.Serving(Lane lane, _)
                ? Optional.of(lane)
                : Optional.empty();
    }

    /// The model that answers, or answered last.
    public ModelInfo model() {
        return switch (state.get()) {
            case State.Serving(Lane lane, _) -> lane.info();
            case State.Down(ModelInfo model, _, _) -> model;
        };
    }

    /// What all lanes of this name have done, those that left included. Counters only rise.
    public LaneFacts facts() {
        synchronized (leaving) {
            leaving.removeIf(lane -> {
                boolean ended = lane.ended();
                past = ended ? past.plus(lane.facts()) : past;
                return ended;
            });
            LaneFacts sum = past;
            for (Lane lane : leaving) {
                sum = sum.plus(lane.facts());
            }
            Optional<Lane> now = lane();
            return now.isPresent() ? sum.plus(now.get().facts()) : sum;
        }
    }

    /// Runs a call.
    ///
    /// @throws Refused also with [Refusal#RUN_MODEL_DOWN] while nobody answers
    /// @throws UnfitInput if the model cannot eat one of the inputs
    public Ticket.Ran run(Work work, Witness witness)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        if (!(state.get() instanceof State.Serving(_, Optional<Trial> trial))
                || trial.isEmpty()
                || work.streams()) {
            return answer(work, witness);
        }
        Optional<Lane> candidate = trial.get().instead(work.call());
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
        while (true) {
            Lane lane = laneOrRefusal();
            try {
                return runOn(lane, work, work.terms(), witness);
            } catch (Refused refused) {
                boolean moved = retired || lane().filter(now -> now != lane).isPresent();
                if (refused.reason() != Refusal.SERVER_DRAINING || !moved) {
                    throw refused;
                }
            }
        }
    }

    private static Ticket.Ran runOn(Lane lane, Work work, Terms terms, Witness witness)
            throws Refused, UnfitInput, ModelFault, InterruptedException {
        witness.took(lane.info());
        List<Prepared> prepared = lane.prepare(work.inputs(), terms);
        witness.prepared();
        Ticket ticket = lane.submit(prepared, terms);
        witness.waits(ticket, prepared.size());
        return ticket.await();
    }

    /// Half of the time that is left goes to the candidate, the rest is kept for the lane that answers.
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

    private Lane laneOrRefusal() throws Refused {
        if (retired) {
            throw new Refused(Refusal.TASK_UNKNOWN_MODEL, "this model is not served here any more");
        }
        switch (state.get()) {
            case State.Serving(Lane lane, _) -> {
                return lane;
            }
            case State.Down(_, _, long againTick) -> throw down(againTick - time.tick());
        }
    }

    private static Refused down(long untilNanos) {
        return Refused.until(
                Refusal.RUN_MODEL_DOWN,
                "the model failed repeatedly and is being rebuilt",
                Lane.REBUILD_TIME.plusNanos(Math.max(0, untilNanos)));
    }

    /// Answers with another lane from now on. What is tried goes on unless it is this very lane's trial.
    ///
    /// @return the lane that answered until now, to be closed; empty if nobody did
    public Optional<Lane> answerWith(Lane next) {
        synchronized (leaving) {
            return left(change(_ -> new State.Serving(next, Optional.empty())));
        }
    }

    /// Serves nobody from now on, for good; calls that have reached the lane finish there.
    ///
    /// @return the lane that answered until now, to be closed; empty if nobody did
    public Optional<Lane> retire() {
        retired = true;
        return lane();
    }

    /// Answers with nobody from now on.
    ///
    /// @param failed the lane that is to leave
    /// @param again when the next attempt to rebuild it is made, from now
    /// @return false if another lane answers by now
    public boolean takeOut(Lane failed, String why, Duration again) {
        State down = new State.Down(failed.info(), why, time.tick() + again.toNanos());
        synchronized (leaving) {
            State before =
                    change(now ->
                            now instanceof State.Serving(Lane lane, _) && lane == failed
                                    ? down
                                    : now);
            return before instanceof State.Serving(Lane lane, _)
                    && lane == failed
                    && left(before).isPresent();
        }
    }

    /// Says when the next attempt is made, while nobody answers.
    public void stayDown(String why, Duration again) {
        long againTick = time.tick() + again.toNanos();
        change(now ->
                now instanceof State.Down(ModelInfo model, _, _)
                        ? new State.Down(model, why, againTick)
                        : now);
    }

    /// Tries a candidate beside the lane that answers.
    ///
    /// @return false if nobody answers, or something is tried already
    public boolean begin(Trial trial) {
        State before =
                change(now ->
                        now instanceof State.Serving(Lane lane, Optional<Trial> none)
                                        && none.isEmpty()
                                ? new State.Serving(lane, Optional.of(trial))
                                : now);
        return before instanceof State.Serving(_, Optional<Trial> none) && none.isEmpty();
    }

    /// Ends a trial; nothing if another is on by now.
    public void end(Trial trial) {
        change(now ->
                now instanceof State.Serving(Lane lane, Optional<Trial> on)
                                && on.isPresent()
                                && on.get().equals(trial)
                        ? new State.Serving(lane, Optional.empty())
                        : now);
    }

    private State change(UnaryOperator<State> change) {
        return state.getAndUpdate(change);
    }

    /// To be called with leaving locked, so that nobody counts between the two.
    private Optional<Lane> left(State before) {
        if (!(before instanceof State.Serving(Lane lane, _))) {
            return Optional.empty();
        }
        leaving.add(lane);
        return Optional.of(lane);
    }
}
