package dev.kiln.core;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;

/// Where the calls of one lane make their inputs ready, until it closes.
///
/// **Threads:** any; only [#close] blocks.
final class Preparation implements AutoCloseable {
    /// How long a call prepares before it looks whether it is still wanted and lets others go on.
    private static final long SLICE_NANOS = 10_000_000;

    private final ModelAdapter adapter;
    private final Time time;
    private final Door door = new Door();
    private final PrepareWork work = new PrepareWork(Runtime.getRuntime().availableProcessors());

    Preparation(ModelAdapter adapter, Time time) {
        this.adapter = adapter;
        this.time = time;
    }

    /// Refuses what need not be made ready.
    interface Check {
        void pass() throws Refused;
    }

    /// Makes a call's inputs ready, as [Lane#prepare] says.
    ///
    /// @param first asked before anything is prepared
    List<Prepared> prepare(List<ModelInput> inputs, Terms terms, Check first)
            throws UnfitInput, Refused, InterruptedException {
        if (!door.enter()) {
            throw new Refused(Refusal.SERVER_DRAINING, "the server is shutting down");
        }
        try {
            first.pass();
            List<Prepared> prepared = new ArrayList<>(inputs.size());
            long began = time.tick();
            double expected = work.begin(inputs, terms, began);
            try {
                prepareInSlices(inputs, terms.deadline(), prepared);
                return prepared;
            } finally {
                work.learn(inputs.subList(0, prepared.size()), time.tick() - began);
                work.ended(terms, expected);
            }
        } finally {
            door.leave();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it; it only lets others in
    private void prepareInSlices(
            List<ModelInput> inputs, Deadline deadline, List<Prepared> prepared)
            throws UnfitInput, Refused, InterruptedException {
        long yieldedTick = time.tick();
        for (ModelInput input : inputs) {
            long now = time.tick();
            if (now - yieldedTick > SLICE_NANOS) {
                requireWanted(deadline, now);
                // Virtual threads are not taken off their core by themselves.
                Thread.yield();
                yieldedTick = time.tick();
            }
            prepared.add(adapter.prepare(input));
        }
    }

    private static void requireWanted(Deadline deadline, long now)
            throws Refused, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the client left");
        }
        if (deadline.passed(now)) {
            throw new Refused(
                    Refusal.RUN_EXPIRED, "the deadline passed while the inputs were made ready");
        }
    }

    /// Lets no call in any more and waits until those inside are ready.
    @Override
    public void close() {
        door.shut();
        door.awaitEmpty();
    }
}
