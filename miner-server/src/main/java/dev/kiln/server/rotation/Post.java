package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.Sites;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.swap.Canary;
import dev.kiln.core.swap.Quality;
import dev.kiln.core.swap.Shadow;
import dev.kiln.server.config.Config;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// One served name: the model that answers under it, the candidate beside it, and every change of the two.
///
/// One change at a time: another that comes meanwhile is refused. Callers never wait for a change.
///
/// **Threads:** any.
public final class Post {
    private final Slot slot;
    private final Parts parts;
    private final Notes notes;
    private final OnTrial trial;
    private final ReentrantLock changing = new ReentrantLock();

    // Written under changing, read by anybody.
    private volatile Config.Model running;

    // Guarded by changing.
    private final Lineage lineage;
    private boolean retired;

    /// What a post works with, shared by all.
    record Parts(Loader loader, History history, Departures departures, Time time) {}

    Post(Loaded first, Parts parts) {
        this.slot = new Slot(first.model().name(), first.lanes(), parts.time());
        this.parts = parts;
        this.notes = new Notes(slot, parts.history(), parts.time());
        this.trial = new OnTrial(slot, notes, parts.departures(), changing);
        this.running = first.model();
        this.lineage = parts.history().lineage(slot.name());
    }

    /// Notes that the name is served now.
    ///
    /// @param how whether it was there from the start or came later
    Event first(Event.What how, Loaded first) {
        changing.lock();
        try {
            Event event = notes.answers(how, first, "answers from here on", 0);
            lineage.add(event);
            return event;
        } finally {
            changing.unlock();
        }
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
        return trial.now().map(now -> now.candidate().model());
    }

    /// The last candidate that was tried, its trial over or not.
    public Optional<Attempt> attempt() {
        return trial.last();
    }

    /// Loads what is to take the place of the model that answers. Everything about it is in order then.
    Ready toSwap(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        hold(wanted.source());
        boolean loaded = false;
        try {
            Loaded next = beside(wanted, progress);
            loaded = true;
            return new Ready(
                    () -> {
                        trial.end("another model takes the place");
                        return take(next, Event.What.SWAPPED, "answers from here on", 0);
                    },
                    () -> parts.departures().leave(next.lanes()),
                    changing);
        } catch (NotDone refused) {
            throw refused(wanted.source(), refused);
        } finally {
            if (!loaded) {
                changing.unlock();
            }
        }
    }

    /// Makes ready to be served no more: what is inside then finishes.
    Ready toRetire() throws NotDone {
        hold(running.source());
        return new Ready(
                () -> {
                    retired = true;
                    trial.end("the name is not served any more");
                    Event event =
                            notes.of(
                                    Event.What.REMOVED,
                                    running.source(),
                                    "is not served from here on");
                    parts.departures().leave(slot.retire());
                    return event;
                },
                () -> {},
                changing);
    }

    /// Runs the same calls through a candidate and compares; callers get nothing of it.
    ///
    /// @param samples where labelled samples lie; empty for those that the candidate's folder brings
    public Event shadow(Config.Model wanted, Optional<Path> samples, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return changed(
                wanted,
                () -> {
                    Purpose purpose = slot.model().purpose();
                    List<Quality.Sample> labelled =
                            samples.isPresent()
                                    ? Labelled.at(samples.get(), purpose)
                                    : Labelled.of(wanted.source(), purpose);
                    Loaded candidate = beside(wanted, progress);
                    trial.end("another candidate takes its place");
                    Lane answering = answering(candidate);
                    Shadow shadow =
                            Shadow.start(answering, candidate.first(), labelled, parts.time());
                    trial.begin(new Attempt(candidate, new Attempt.Kind.Shadowing(shadow)));
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
                    Canary canary = new Canary(candidate.lanes(), rules, trial::condemned);
                    var kind = new Attempt.Kind.Answering(canary, rules);
                    trial.begin(new Attempt(candidate, kind));
                    return notes.of(
                            Event.What.CANARY,
                            candidate,
                            "answers %s %% of the calls".formatted(number(rules.percent())),
                            0);
                });
    }

    private Loaded onTrialOr(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        Optional<Loaded> tried = trial.released(wanted, "goes on as a canary");
        if (tried.isPresent()) {
            return tried.get();
        }
        Loaded candidate = beside(wanted, progress);
        trial.end("another candidate takes its place");
        return candidate;
    }

    /// Lets the candidate answer everything.
    public Event promote() throws NotDone, InterruptedException {
        return changed(
                running,
                () -> {
                    Attempt now =
                            trial.now()
                                    .orElseThrow(() ->
                                            new NotDone(
                                                    "nothing is on trial; begin with kiln model shadow or kiln model canary"));
                    long calls = now.touched();
                    return take(
                            trial.release(now, "promoted"),
                            Event.What.PROMOTED,
                            "answers all calls from here on",
                            calls);
                });
    }

    /// Takes the candidate back; without one, the model that answered before answers again, also from before the start.
    public Event rollBack(Consumer<String> progress) throws NotDone, InterruptedException {
        return changed(
                running,
                () -> {
                    Optional<Attempt> now = trial.now();
                    if (now.isPresent()) {
                        long calls = now.get().touched();
                        trial.end("rolled back");
                        return notes.of(
                                Event.What.ROLLED_BACK,
                                now.get().candidate(),
                                "the candidate was taken back",
                                calls);
                    }
                    Loaded next = before(progress);
                    return take(next, Event.What.ROLLED_BACK, "answers again, as before", 0);
                });
    }

    private Loaded before(Consumer<String> progress) throws NotDone, InterruptedException {
        Lineage.Entry before =
                lineage.before()
                        .orElseThrow(() ->
                                new NotDone(
                                        "nothing is on trial, and the history knows nothing else that answered as "
                                                + slot.name()));
        Loaded next = beside(before.model(), progress);
        if (!next.sha256().equals(before.sha256())) {
            parts.departures().leave(next.lanes());
            throw new NotDone(
                    "%s holds other weights now than when it answered: SHA-256 %s, then %s; if they are meant, name it in the configuration and apply that"
                            .formatted(before.model().source(), next.sha256(), before.sha256()));
        }
        return next;
    }

    /// Loads what answers afresh on one device, in the place of a lane that failed. Waits while another change is under
    /// way.
    ///
    /// @return empty if somebody else brought it back meanwhile
    Optional<Event> renew(Lane failed, String detail) throws NotDone, InterruptedException {
        changing.lockInterruptibly();
        try {
            Sites now = slot.sites();
            if (retired || now.all().stream().noneMatch(site -> site.lane() == failed)) {
                return Optional.empty();
            }
            trial.end("the model that answers is rebuilt");
            var order =
                    new Loader.Order(
                            Optional.of(slot.model().purpose()),
                            failed.settings().policy(),
                            now.lanes().isEmpty());
            Loaded next = parts.loader().again(running, failed, now, order);
            Event event = notes.of(Event.What.RECOVERED, next, detail, 0);
            slot.renew(failed, next.first()).ifPresent(parts.departures()::leave);
            return Optional.of(event);
        } finally {
            changing.unlock();
        }
    }

    /// Told that the device under a lane is gone.
    void lost(Lane lane, String why) {
        parts.loader().lost(lane.info(), why);
    }

    /// Ends the trial because of something that was seen of the candidate outside its calls.
    void condemn(Attempt seen, String why) {
        trial.condemn(seen, why);
    }

    /// Notes something that happened to the model that answers.
    void note(Event.What what, String detail) {
        notes.of(what, running.source(), detail);
    }

    private interface Change {
        Event make() throws NotDone, InterruptedException;
    }

    private Event changed(Config.Model wanted, Change change) throws NotDone, InterruptedException {
        hold(wanted.source());
        try {
            return change.make();
        } catch (NotDone refused) {
            throw refused(wanted.source(), refused);
        } finally {
            changing.unlock();
        }
    }

    private void hold(String source) throws NotDone {
        if (!changing.tryLock()) {
            throw new NotDone("another change of %s is under way".formatted(slot.name()));
        }
        if (retired) {
            changing.unlock();
            throw refused(source, new NotDone("%s is not served any more".formatted(slot.name())));
        }
    }

    private NotDone refused(String source, NotDone why) {
        notes.of(Event.What.REFUSED, source, String.valueOf(why.getMessage()));
        return why;
    }

    private Loaded beside(Config.Model wanted, Consumer<String> progress)
            throws NotDone, InterruptedException {
        return parts.loader()
                .later(wanted, Loader.Order.beside(wanted, slot.model().purpose()), progress);
    }

    private Event take(Loaded next, Event.What what, String detail, long calls) {
        Event event = notes.answers(what, next, detail, calls);
        lineage.add(event);
        running = next.model();
        parts.departures().leave(slot.answerWith(next.lanes()));
        return event;
    }

    private Lane answering(Loaded candidate) throws NotDone {
        Optional<Lane> answering = slot.lane();
        if (answering.isEmpty()) {
            parts.departures().leave(candidate.lanes());
            throw new NotDone("%s is being rebuilt; try again".formatted(slot.name()));
        }
        return answering.get();
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
