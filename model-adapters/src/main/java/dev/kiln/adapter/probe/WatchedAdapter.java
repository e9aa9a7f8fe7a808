package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Another adapter, and when each of its runs began and ended.
///
/// **Threads:** as the other; [#forget] and [#times] on any.
final class WatchedAdapter extends AroundAdapter {
    private final ConcurrentLinkedQueue<RunTimes.Run> runs = new ConcurrentLinkedQueue<>();

    WatchedAdapter(ModelAdapter adapter) {
        super(adapter);
    }

    /// Runs until now do not count.
    void forget() {
        runs.clear();
    }

    /// Of all runs since, at least one.
    RunTimes times() {
        return RunTimes.of(List.copyOf(runs));
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        long beganTick = System.nanoTime();
        try {
            return adapter.run(batch);
        } finally {
            runs.add(new RunTimes.Run(beganTick, System.nanoTime()));
        }
    }
}
