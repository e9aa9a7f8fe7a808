package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelFault;
import java.time.Duration;

/// Looks after the candidate beside the model that answers under one name: has it prove itself, and ends its trial when
/// it fails or hangs.
///
/// **Threads:** [#look] by one thread; what takes long goes to threads of its own.
final class TrialWatch {
    private static final System.Logger LOG = System.getLogger(TrialWatch.class.getName());
    private static final Duration PROOF_EVERY = Duration.ofSeconds(30);
    private static final Duration PROOF_TIME = Duration.ofSeconds(30);

    private final Post post;
    private final Duration hungAfter;
    private final Time time;

    // Confined to the looking thread.
    private long provedTick;

    TrialWatch(Post post, Duration hungAfter, Time time) {
        this.post = post;
        this.hungAfter = hungAfter;
        this.time = time;
        this.provedTick = time.tick();
    }

    /// To be called a few times a second.
    void look() {
        post.attempt().filter(Attempt::on).ifPresent(this::look);
    }

    private void look(Attempt attempt) {
        boolean proofDue = time.tick() - provedTick > PROOF_EVERY.toNanos();
        for (Lane lane : attempt.candidate().lanes()) {
            if (!lane.stuck(hungAfter).isEmpty()) {
                post.condemn(attempt, "a run on it hangs");
            } else if (lane.health() == Lane.Health.SICK) {
                post.condemn(attempt, "its runs failed repeatedly, its golden samples too");
            } else if (proofDue) {
                provedTick = time.tick();
                Thread.ofVirtual()
                        .name("prove-" + lane.info().name())
                        .start(() -> prove(attempt, lane));
            }
        }
    }

    private void prove(Attempt attempt, Lane lane) {
        try {
            lane.prove(PROOF_TIME);
        } catch (ModelFault fault) {
            boolean on = post.attempt().filter(Attempt::on).isPresent();
            if (on) {
                post.condemn(attempt, "its golden samples fail: " + Loader.reason(fault));
            }
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "a proof was cut short");
        }
    }
}
