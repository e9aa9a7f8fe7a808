package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.swap.Canary;
import dev.kiln.core.swap.Shadow;
import dev.kiln.server.config.Config;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One served name: the model that answers under it, the candidate beside it, and every change of the two.
///
/// One change at a time: another that comes meanwhile is refused. Callers never wait for a change.
///
/// **Threads:** any.
public final class Post {
    private static final int MOST_PREVIOUS = 8;

    private final Slot slot;
    private final Loader loader;
    private final Notes notes;
    private final Departures departures;
    private final Time time;
    private final ReentrantLock changing = new ReentrantLock();

    // Written under changing, read by anybody.
    private volatile Config.Model running;
    private volatile Optional<Attempt> attempt = Optional.empty();

    /// Models that answered before, the last one first. Guarded by changing.
    private final Deque<Config.Model> previous = new ArrayDeque<>();

    Post(Loaded first, Loader loader, History history, Departures departures, Time time) {
        this.slot = new Slot(first.model().name(), first.lane(), time);
        this.loader = loader;
        this.notes = new Notes(slot, history, time);
        this.departures = departures;
        this.time = time;
        this.running = first.model();
    }

    /// Who answers.
    public Slot slot() {
        return slot;
    }

    /// What answers, as it was configured.
    public Config.Model running() {
        return running;
    }

    /// What is on trial, as it was configured.
    public Optional<Config.Model> candidate() {
        return attempt.filter(Attempt::on).map(now -> now.candidate().model());
    }

    /// The last candidate that was tried, its trial over or not.
    public Optional<Attempt> attempt() {
        return attempt;
    }

    /// Replaces the model that answers. Nothing changes unless everything about the new one is in order.
    public Event swap(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return changed(
                wanted,
                () -> {
                    Loaded next = loader.beside(wanted, slot.model().purpose(), progress);
                    endTrial("another model takes the place");
                    return take(next, Event.What.SWAPPED, "answers from here on", 0);
                });
    }

    /// Runs the same calls through a candidate and compares; callers get nothing of it.
    public Event shadow(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return changed(
                wanted,
                () -> {
                    Loaded candidate = loader.beside(wanted, slot.model().purpose(), progress);
                    endTrial("another candidate takes its place");
                    Lane answering = answering(candidate);
                    Shadow shadow = Shadow.start(answering, candidate.lane(), time);
                    begin(new Attempt(candidate, new Attempt.Kind.Shadowing(shadow)));
                    return notes.of(
                            Event.What.SHADOW, candidate, "runs the same calls, compared", 0);
                });
    }

    /// Lets a candidate answer a share of the calls and watches it. One that is tried already goes on to this.
    ///
    /// @param wanted the candidate; ignored where one is on trial that comes from the same place
    public Event canary(Config.Model wanted, Canary.Rules rules, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return changed(
                wanted,
                () -> {
                    Loaded candidate = onTrialOr(wanted, progress);
                    answering(candidate);
                    Canary canary = new Canary(candidate.lane(), rules, this::condemned);
                    var kind = new Attempt.Kind.Answering(canary, rules);
                    begin(new Attempt(candidate, kind));
                    return notes.of(
                            Event.What.CANARY,
                            candidate,
                            "answers %s %% of the calls".formatted(number(rules.percent())),
                            0);
                });
    }

    /// Lets the candidate answer everything.
    public Event promote() throws NotDone, InterruptedException {
        return changed(
                running,
                () -> {
                    Attempt now = attempt.filter(Attempt::on).orElse(null);
                    if (now == null) {
                        throw new NotDone(
                                "nothing is on trial; begin with kiln model shadow or kiln model canary");
                    }
                    long calls = now.touched();
                    attempt = Optional.of(now.ended("promoted"));
                    now.endAt(slot);
                    return take(
                            now.candidate(),
                            Event.What.PROMOTED,
                            "answers all calls from here on",
                            calls);
                });
    }

    /// Takes the candidate back; without one, the model that answered before answers again.
    public Event rollBack(Consumer<String> progress) throws NotDone, InterruptedException {
        return changed(
                running,
                () -> {
                    Attempt now = attempt.filter(Attempt::on).orElse(null);
                    if (now != null) {
                        long calls = now.touched();
                        endTrial("rolled back");
                        return notes.of(
                                Event.What.ROLLED_BACK,
                                now.candidate(),
                                "the candidate was taken back",
                                calls);
                    }
                    if (previous.isEmpty()) {
                        throw new NotDone(
                                "nothing is on trial, and nothing else answered since the start");
                    }
                    Config.Model before = previous.getFirst();
                    Loaded next = loader.beside(before, slot.model().purpose(), progress);
                    previous.removeFirst();
                    Event event = take(next, Event.What.ROLLED_BACK, "answers again, as before", 0);
                    previous.removeFirst();
                    return event;
                });
    }

    /// Loads what answers afresh, in the place of a lane that failed. Waits while another change is under way.
    ///
    /// @return empty if somebody else brought it back meanwhile
    Optional<Event> renew(Lane failed, String detail) throws NotDone, InterruptedException {
        changing.lockInterruptibly();
        try {
            boolean moved = slot.lane().filter(now -> now != failed).isPresent();
            if (moved) {
                return Optional.empty();
            }
            endTrial("the model that answers is rebuilt");
            var learned = failed.settings().policy();
            Loaded next = loader.beside(running, learned, slot.model().purpose(), _ -> {});
            Event event = notes.of(Event.What.RECOVERED, next, detail, 0);
            slot.answerWith(next.lane()).ifPresent(departures::leave);
            return Optional.of(event);
        } finally {
            changing.unlock();
        }
    }

    /// Told that the device under a lane is gone.
    void lost(Lane lane, String why) {
        loader.lost(lane.info(), why);
    }

    /// Ends the trial because of something that was seen of the candidate outside its calls.
    void condemn(Attempt seen, String why) {
        switch (seen.kind()) {
            case Attempt.Kind.Answering(Canary canary, _) -> canary.condemn(why);
            case Attempt.Kind.Shadowing _ -> condemnedBecause(seen, why, 0);
        }
    }

    /// Notes something that happened to the model that answers.
    void note(Event.What what, String detail) {
        notes.of(what, running.source(), detail);
    }

    /// On the call's thread that saw it: what takes time goes elsewhere.
    private void condemned(Canary canary) {
        Attempt now = attempt.orElseThrow();
        slot.end(canary);
        Canary.Report report = canary.report();
        String why = report.verdict().orElse("it turned out worse");
        Thread.ofVirtual()
                .name("condemn-" + slot.name())
                .start(() -> condemnedBecause(now, why, report.touched()));
    }

    private void condemnedBecause(Attempt seen, String why, long calls) {
        changing.lock();
        try {
            Attempt now = attempt.filter(Attempt::on).orElse(null);
            if (now == null || !now.candidate().equals(seen.candidate())) {
                return;
            }
            endTrial(why);
            notes.of(Event.What.CONDEMNED, seen.candidate(), why, calls);
        } finally {
            changing.unlock();
        }
    }

    private interface Change {
        Event make() throws NotDone, InterruptedException;
    }

    private Event changed(Config.Model wanted, Change change) throws NotDone, InterruptedException {
        if (!changing.tryLock()) {
            throw new NotDone("another change of %s is under way".formatted(slot.name()));
        }
        try {
            return change.make();
        } catch (NotDone refused) {
            notes.of(Event.What.REFUSED, wanted.source(), String.valueOf(refused.getMessage()));
            throw refused;
        } finally {
            changing.unlock();
        }
    }

    private Event take(Loaded next, Event.What what, String detail, long calls) {
        Event event = notes.of(what, next, detail, calls);
        previous.addFirst(running);
        if (previous.size() > MOST_PREVIOUS) {
            previous.removeLast();
        }
        running = next.model();
        slot.answerWith(next.lane()).ifPresent(departures::leave);
        return event;
    }

    private Loaded onTrialOr(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        Attempt now = attempt.filter(Attempt::on).orElse(null);
        if (now != null && now.candidate().model().equals(wanted)) {
            attempt = Optional.of(now.ended("goes on as a canary"));
            now.endAt(slot);
            return now.candidate();
        }
        Loaded candidate = loader.beside(wanted, slot.model().purpose(), progress);
        endTrial("another candidate takes its place");
        return candidate;
    }

    private Lane answering(Loaded candidate) throws NotDone {
        Optional<Lane> answering = slot.lane();
        if (answering.isEmpty()) {
            departures.leave(candidate.lane());
            throw new NotDone("%s is being rebuilt; try again".formatted(slot.name()));
        }
        return answering.get();
    }

    private void begin(Attempt next) throws NotDone {
        // Known before it runs: it may be condemned at its first call.
        attempt = Optional.of(next);
        if (!next.beginAt(slot)) {
            endTrial("the model that answers left rotation");
            throw new NotDone("%s is being rebuilt; try again".formatted(slot.name()));
        }
    }

    /// Ends what is on trial, if anything is, and closes the candidate.
    private void endTrial(String why) {
        Attempt now = attempt.filter(Attempt::on).orElse(null);
        if (now != null) {
            attempt = Optional.of(now.ended(why));
            now.endAt(slot);
            departures.leave(now.candidate().lane());
        }
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
