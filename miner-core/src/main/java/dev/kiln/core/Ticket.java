package dev.kiln.core;

import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One call's place in a lane: it waits here for all of its items.
///
/// **Threads:** [#await] and [#cancel] by the call's own thread; the lane's loops complete it. Completing only wakes
/// the waiter; nothing of a caller runs on a lane's thread.
public final class Ticket {
    private final Lane lane;
    private final Deadline deadline;
    private final @Nullable ModelOutput[] outputs;
    private final CountDownLatch done = new CountDownLatch(1);

    /// What of it waits in the lane's row; guarded by the lane's queue.
    @Nullable Place place;

    // Guarded by this; whoever waits for one item waits on it.
    private int left;
    private boolean over;
    private @Nullable Exception failure;
    private @Nullable Ran ran;

    Ticket(Lane lane, Deadline deadline, int items) {
        this.lane = lane;
        this.deadline = deadline;
        this.outputs = new ModelOutput[items];
        this.left = items;
    }

    /// What came of a call.
    ///
    /// @param outputs one for each item, same order
    /// @param batchSize items in the batch that carried the last one
    /// @param stages of that batch; `verify` and `prepare` are zero here
    public record Ran(List<ModelOutput> outputs, int batchSize, Stages stages) {}

    /// Waits for every item.
    ///
    /// @throws Refused with [Refusal#RUN_EXPIRED_IN_QUEUE] or [Refusal#RUN_EXPIRED] once the deadline has passed
    /// @throws ModelFault if the engine failed on one of the items
    /// @throws InterruptedException if the waiting thread was interrupted; what still waits is dropped
    public Ran await() throws Refused, ModelFault, InterruptedException {
        try {
            if (!done.await(Math.max(0, deadline.left(lane.tick())), TimeUnit.NANOSECONDS)) {
                expire();
            }
        } catch (InterruptedException left) {
            cancel();
            throw left;
        }
        synchronized (this) {
            return switch (failure) {
                case null ->
                        java.util.Objects.requireNonNull(
                                ran, "a ticket that is over has an outcome");
                case Refused refused -> throw refused;
                case ModelFault fault -> throw new ModelFault("the engine failed", fault);
                default ->
                        throw new IllegalStateException(
                                "this is a bug: a ticket failed with", failure);
            };
        }
    }

    /// Waits for one item; the others may still run.
    ///
    /// @throws Refused as [#await()] does
    /// @throws ModelFault if the engine failed on any item so far
    /// @throws InterruptedException if the waiting thread was interrupted; what still waits is dropped
    public ModelOutput await(int index) throws Refused, ModelFault, InterruptedException {
        long until = System.nanoTime() + Math.max(0, deadline.left(lane.tick()));
        try {
            synchronized (this) {
                long left = until - System.nanoTime();
                while (outputs[index] == null && !over && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                    left = until - System.nanoTime();
                }
                ModelOutput output = outputs[index];
                if (output != null && failure == null) {
                    return output;
                }
            }
        } catch (InterruptedException left) {
            cancel();
            throw left;
        }
        return await().outputs().get(index);
    }

    /// Gives the call up: what still waits is dropped; what runs is stopped, or thrown away where others wait for it.
    public void cancel() {
        fail(new Refused(Refusal.RUN_CALLER_GONE, "the client left"));
        lane.forget(this);
        lane.stopTheUnwanted();
    }

    private void expire() {
        boolean waits = lane.forget(this);
        Refusal reason = waits ? Refusal.RUN_EXPIRED_IN_QUEUE : Refusal.RUN_EXPIRED;
        fail(new Refused(reason, "the deadline passed before the answer was ready"));
        lane.stopTheUnwanted();
    }

    Deadline deadline() {
        return deadline;
    }

    /// Whether nobody waits for the rest of this ticket's items.
    synchronized boolean over() {
        return over;
    }

    /// Whether every item was answered.
    synchronized boolean answered() {
        return ran != null;
    }

    /// One item is done.
    ///
    /// @return false if nobody waited for it any more
    boolean complete(int index, ModelOutput output, int batchSize, Stages stages) {
        synchronized (this) {
            if (over) {
                return false;
            }
            outputs[index] = output;
            notifyAll();
            if (--left > 0) {
                return true;
            }
            List<ModelOutput> all = new ArrayList<>(outputs.length);
            Collections.addAll(all, Arrays.copyOf(outputs, outputs.length, ModelOutput[].class));
            ran = new Ran(Collections.unmodifiableList(all), batchSize, stages);
            over = true;
        }
        done.countDown();
        return true;
    }

    void fail(Exception cause) {
        synchronized (this) {
            if (over) {
                return;
            }
            failure = cause;
            over = true;
            notifyAll();
        }
        done.countDown();
    }
}
