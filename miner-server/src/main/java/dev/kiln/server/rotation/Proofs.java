package dev.kiln.server.rotation;

import dev.kiln.core.Lane;
import dev.kiln.core.LaneFacts;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelFault;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Has the model that answers run its golden samples again and again, on its live lane and before what waits there.
///
/// A lane on a GPU that has nothing to do proves itself twice a second: that costs nobody anything, and a device that
/// goes away is missed before a caller misses it.
///
/// **Threads:** [#look] and [#disproved] by one thread; the rest by any.
final class Proofs {
    private static final Duration IDLE_GPU_EVERY = Duration.ofMillis(400);
    private static final Duration AT_MOST = Duration.ofSeconds(30);
    private static final System.Logger LOG = System.getLogger(Proofs.class.getName());

    private final Duration every;
    private final Time time;
    private final AtomicBoolean working = new AtomicBoolean();

    // Confined to the looking thread.
    private long askedTick;
    private long itemsThen;

    /// Written by the one proof under way.
    private volatile Proof proof = Proof.NONE;

    private volatile @Nullable Lane disproved;
    private volatile String why = "";

    Proofs(Duration every, Time time) {
        this.every = every;
        this.time = time;
        this.askedTick = time.tick();
    }

    Proof proof() {
        return proof;
    }

    /// Why a lane is not to be trusted any more; empty while it is.
    String disproved(Lane lane) {
        return lane.equals(disproved) ? why : "";
    }

    /// To be called a few times a second.
    void look(Lane lane) {
        LaneFacts facts = lane.facts();
        boolean idle = facts.queuedItems() == 0 && facts.items() == itemsThen;
        itemsThen = facts.items();
        Duration due =
                idle && lane.info().device().onGpu() && IDLE_GPU_EVERY.compareTo(every) < 0
                        ? IDLE_GPU_EVERY
                        : every;
        if (time.tick() - askedTick >= due.toNanos() && working.compareAndSet(false, true)) {
            askedTick = time.tick();
            Thread.ofVirtual().name("prove-" + lane.info().name()).start(() -> prove(lane));
        }
    }

    private void prove(Lane lane) {
        try {
            long beganTick = time.tick();
            lane.prove(AT_MOST);
            long tick = time.tick();
            Proof then = proof;
            proof =
                    new Proof(
                            then.passed() + 1,
                            then.failed(),
                            tick,
                            Duration.ofNanos(tick - beganTick));
        } catch (ModelFault fault) {
            failed(lane, fault);
        } catch (InterruptedException _) {
            LOG.log(System.Logger.Level.DEBUG, "a proof was cut short");
        } finally {
            working.set(false);
        }
    }

    /// A lane that closes, or had no time, has shown nothing.
    private void failed(Lane lane, ModelFault fault) {
        if (fault.getCause() instanceof CancellationException
                || fault.getCause() instanceof TimeoutException) {
            return;
        }
        Proof then = proof;
        proof = new Proof(then.passed(), then.failed() + 1, then.atTick(), then.took());
        why = Loader.reason(fault);
        disproved = lane;
    }
}
