package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Sites;
import dev.kiln.core.Time;
import dev.kiln.server.config.Config;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Looks after one site of a served name: takes a lane that failed or hangs out of rotation, rebuilds it, and puts it
/// back once its golden samples pass. Lanes on other devices answer meanwhile.
///
/// **Threads:** [#look] by one thread; what takes long goes to threads of its own.
final class Recovery {
    private static final System.Logger LOG = System.getLogger(Recovery.class.getName());

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration FORGIVEN_AFTER = Duration.ofSeconds(60);

    /// Lanes with a run that hangs hold their memory: no more than these are left behind.
    private static final int MOST_HANGING = 2;

    private final Post post;
    private final int index;
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

    /// @param index of the site
    Recovery(Post post, int index, Departures departures, Config.Lanes bounds, Time time) {
        this.post = post;
        this.index = index;
        this.departures = departures;
        this.hungAfter = bounds.hungRun();
        this.proofs = new Proofs(bounds.proveEvery(), time);
        this.time = time;
        this.upSinceTick = time.tick();
        this.notBeforeTick = time.tick();
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
        List<Sites.Site> sites = post.slot().sites().all();
        if (index >= sites.size()) {
            return;
        }
        switch (sites.get(index)) {
            case Sites.Site.Serving(Lane lane) -> answering(lane);
            case Sites.Site.Down(Lane lane, _, long againTick) -> down(lane, againTick);
        }
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
            post.note(Event.What.DOWN, why);
        }
        return out;
    }

    private void down(Lane lane, long againTick) {
        if (hanging.size() > MOST_HANGING) {
            post.slot()
                    .stayDown(
                            lane,
                            "%d runs hang and hold their memory; restart the server"
                                    .formatted(hanging.size()),
                            LONGEST_PAUSE);
        } else if (time.tick() >= againTick) {
            work(lane, "rebuilt, its golden samples pass");
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
            post.slot().stayDown(lane, String.valueOf(again.getMessage()), pause());
            post.note(Event.What.DOWN, "not back yet: " + again.getMessage());
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "a rebuild was cut short");
        } catch (RuntimeException bug) {
            post.slot().stayDown(lane, "internal error", pause());
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

    private static String text(Lane.Stuck stuck) {
        StringBuilder text = new StringBuilder();
        stuck.stack().forEach(frame -> text.append("  at ").append(frame).append('\n'));
        return text.toString();
    }
}
