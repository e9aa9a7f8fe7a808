package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Slot;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelFault;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Looks after one served name: takes a model that failed or hangs out of rotation, rebuilds it, and puts it back once
/// its golden samples pass; watches a candidate in the same way.
///
/// **Threads:** [#look] by one thread; what takes long goes to threads of its own.
final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(60);
    private static final Duration PROOF_EVERY = Duration.ofSeconds(30);
    private static final Duration PROOF_TIME = Duration.ofSeconds(30);

    /// Lanes with a run that hangs hold their memory: no more than these are left behind.
    private static final int MOST_HANGING = 2;

    private final Post post;
    private final Departures departures;
    private final Duration hungAfter;
    private final Proofs proofs;
    private final Time time;
    private final AtomicBoolean working = new AtomicBoolean();
    private final LongAdder recoveries = new LongAdder();
    private final LongAdder hangs = new LongAdder();

    // Confined to the looking thread, but for what is atomic or volatile: the working thread writes
    // that.
    private final List<Lane> hanging = new ArrayList<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private volatile long upSinceTick;
    private volatile long notBeforeTick;
    private long provedTick;
    private @Nullable Lane failed;

    Recovery(Post post, Departures departures, Config.Lanes bounds, Time time) {
        this.post = post;
        this.departures = departures;
        this.hungAfter = bounds.hungRun();
        this.proofs = new Proofs(bounds.proveEvery(), time);
        this.time = time;
        this.upSinceTick = time.tick();
        this.notBeforeTick = time.tick();
        this.provedTick = time.tick();
    }

    /// How often a rebuilt model came back.
    long recoveries() {
        return recoveries.sum();
    }

    /// How many runs were found to hang.
    long hangs() {
        return hangs.sum();
    }

    /// What the golden samples have shown of what answers.
    Proof proof() {
        return proofs.proof();
    }

    /// To be called a few times a second.
    void look() {
        hanging.removeIf(Lane::ended);
        switch (post.slot().state()) {
            case Slot.State.Serving(Lane lane, _) -> answering(lane);
            case Slot.State.Down(_, _, long againTick) -> down(againTick);
        }
        post.attempt().filter(Attempt::on).ifPresent(this::candidate);
    }

    private void answering(Lane lane) {
        List<Lane.Stuck> stuck = lane.stuck(hungAfter);
        if (!stuck.isEmpty()) {
            hung(lane, stuck.getFirst());
            return;
        }
        String wrong = proofs.disproved(lane);
        if (!wrong.isEmpty() && lane.health() != Lane.Health.SICK) {
            leave(lane, "its golden samples fail while it serves: " + wrong);
            return;
        }
        switch (lane.health()) {
            case WELL -> {
                proofs.look(lane);
                if (time.tick() - upSinceTick > FORGIVEN_AFTER.toNanos()) {
                    attempts.set(0);
                }
            }
            case SUSPECT -> {
                if (time.tick() - notBeforeTick >= 0) {
                    work(lane, "it failed on whatever came, and was rebuilt beside");
                }
            }
            case SICK ->
                    leave(
                            lane,
                            lane.deviceLost()
                                    ? "%s was lost under it"
                                            .formatted(lane.info().device().active())
                                    : "its runs failed repeatedly, its golden samples too");
        }
    }

    private void leave(Lane lane, String why) {
        if (lane.deviceLost()) {
            post.lost(lane, why);
        }
        if (takeOut(lane, why)) {
            departures.leave(lane);
        }
    }

    private void hung(Lane lane, Lane.Stuck stuck) {
        String why =
                "a run on %s hangs for %d s".formatted(stuck.thread(), stuck.took().toSeconds());
        hangs.increment();
        LOG.log(
                System.Logger.Level.ERROR,
                "lane %s: %s%n%s".formatted(lane.info().name(), why, text(stuck)));
        if (takeOut(lane, why)) {
            lane.abandon(
                    Refused.until(
                            Refusal.RUN_MODEL_DOWN,
                            "a run of the model hangs; it is being replaced",
                            FIRST_PAUSE));
            hanging.add(lane);
        }
    }

    private boolean takeOut(Lane lane, String why) {
        boolean out = post.slot().takeOut(lane, why, pause());
        if (out) {
            failed = lane;
            post.note(Event.What.DOWN, why);
        }
        return out;
    }

    private void down(long againTick) {
        if (hanging.size() > MOST_HANGING) {
            post.slot()
                    .stayDown(
                            "%d runs hang and hold their memory; restart the server"
                                    .formatted(hanging.size()),
                            LONGEST_PAUSE);
        } else if (time.tick() >= againTick && failed != null) {
            work(failed, "rebuilt, its golden samples pass");
        }
    }

    private void work(Lane lane, String detail) {
        if (working.compareAndSet(false, true)) {
            Thread.ofPlatform()
                    .daemon()
                    .name("recover-" + post.slot().name())
                    .start(() -> rebuild(lane, detail));
        }
    }

    private void rebuild(Lane lane, String detail) {
        try {
            attempts.incrementAndGet();
            if (post.renew(lane, detail).isPresent()) {
                recoveries.increment();
            }
            upSinceTick = time.tick();
        } catch (NotDone again) {
            notBeforeTick = time.tick() + pause().toNanos();
            post.slot().stayDown(String.valueOf(again.getMessage()), pause());
            post.note(Event.What.DOWN, "not back yet: " + again.getMessage());
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "a rebuild was cut short");
        } catch (RuntimeException bug) {
            post.slot().stayDown("internal error", pause());
            LOG.log(System.Logger.Level.ERROR, "a rebuild failed", bug);
        } finally {
            working.set(false);
        }
    }

    /// Nothing before the first attempt, then twice as long each time.
    private Duration pause() {
        if (attempts.get() == 0) {
            return Duration.ZERO;
        }
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts.get() - 1, 10));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private void candidate(Attempt attempt) {
        Lane lane = attempt.candidate().lane();
        if (!lane.stuck(hungAfter).isEmpty()) {
            post.condemn(attempt, "a run on it hangs");
        } else if (lane.health() == Lane.Health.SICK) {
            post.condemn(attempt, "its runs failed repeatedly, its golden samples too");
        } else if (time.tick() - provedTick > PROOF_EVERY.toNanos()) {
            provedTick = time.tick();
            Thread.ofVirtual().name("prove-" + lane.info().name()).start(() -> prove(attempt));
        }
    }

    private void prove(Attempt attempt) {
        try {
            attempt.candidate().lane().prove(PROOF_TIME);
        } catch (ModelFault fault) {
            boolean on = post.attempt().filter(Attempt::on).isPresent();
            if (on) {
                post.condemn(attempt, "its golden samples fail: " + Loader.reason(fault));
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "a proof was cut short");
        }
    }

    private static String text(Lane.Stuck stuck) {
        StringBuilder text = new StringBuilder();
        stuck.stack().forEach(frame -> text.append("  at ").append(frame).append('\n'));
        return text.toString();
    }
}
