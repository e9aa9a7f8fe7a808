package dev.kiln.server.rotation;

import dev.kiln.core.Slot;
import dev.kiln.core.swap.Canary;
import dev.kiln.server.config.Config;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The candidate beside the model that answers under one name: the one that is tried, or was last.
///
/// **Threads:** what changes it is to be called with the post's lock held, but for [#condemn]; reading from any.
final class OnTrial {
    private final Slot slot;
    private final Notes notes;
    private final Departures departures;
    private final ReentrantLock changing;

    // Written under changing, read by anybody.
    private volatile Optional<Attempt> attempt = Optional.empty();

    /// @param changing held whenever something about the name changes
    OnTrial(Slot slot, Notes notes, Departures departures, ReentrantLock changing) {
        this.slot = slot;
        this.notes = notes;
        this.departures = departures;
        this.changing = changing;
    }

    /// The last one, its trial over or not.
    Optional<Attempt> last() {
        return attempt;
    }

    /// The one that is tried now.
    Optional<Attempt> now() {
        return attempt.filter(Attempt::on);
    }

    /// @throws NotDone if nobody answers that it could be tried beside; the candidate leaves then
    void begin(Attempt next) throws NotDone {
        // Known before it runs: it may be condemned at its first call.
        attempt = Optional.of(next);
        if (!next.beginAt(slot)) {
            end("the model that answers left rotation");
            throw new NotDone("%s is being rebuilt; try again".formatted(slot.name()));
        }
    }

    /// Ends the trial and gives the candidate back, which runs on.
    Loaded release(Attempt now, String why) {
        attempt = Optional.of(now.ended(why));
        now.endAt(slot);
        return now.candidate();
    }

    /// The candidate that is tried already as this very model, its trial ended.
    Optional<Loaded> released(Config.Model wanted, String why) {
        return now().filter(tried -> tried.candidate().model().equals(wanted))
                .map(tried -> release(tried, why));
    }

    /// Ends what is on trial, if anything is, and closes the candidate.
    void end(String why) {
        now().ifPresent(tried -> departures.leave(release(tried, why).lanes()));
    }

    /// Ends a trial because of something that was seen of the candidate outside its calls.
    void condemn(Attempt seen, String why) {
        switch (seen.kind()) {
            case Attempt.Kind.Answering(Canary canary, _) -> canary.condemn(why);
            case Attempt.Kind.Shadowing _ -> condemned(seen, why, 0);
        }
    }

    /// On the call's thread that saw it: what takes time goes elsewhere.
    void condemned(Canary canary) {
        Attempt now = attempt.orElseThrow();
        slot.end(canary);
        String why = canary.report().verdict().orElse("it turned out worse");
        Thread.ofVirtual()
                .name("condemn-" + slot.name())
                .start(() -> condemned(now, why, canary.report().touched()));
    }

    private void condemned(Attempt seen, String why, long calls) {
        changing.lock();
        try {
            if (now().filter(now -> now.candidate().equals(seen.candidate())).isPresent()) {
                end(why);
                notes.of(Event.What.CONDEMNED, seen.candidate(), why, calls);
            }
        } finally {
            changing.unlock();
        }
    }
}
