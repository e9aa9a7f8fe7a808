package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Another adapter, and when each of its runs began and ended.
///
/// **Threads:** as the other; [#forget] and [#times] on any.
final class WatchedAdapter implements ModelAdapter {
    private final ModelAdapter adapter;
    private final ConcurrentLinkedQueue<RunTimes.Run> runs = new ConcurrentLinkedQueue<>();

    WatchedAdapter(ModelAdapter adapter) {
        this.adapter = adapter;
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

    @Override
    public ModelInfo info() {
        return adapter.info();
    }

    @Override
    public Prepared prepare(ModelInput input) throws UnfitInput {
        return adapter.prepare(input);
    }

    @Override
    public void prove() throws ModelFault {
        adapter.prove();
    }

    @Override
    public List<ModelInput> samples() {
        return adapter.samples();
    }

    @Override
    public boolean shareable() {
        return adapter.shareable();
    }

    @Override
    public void close() {
        adapter.close();
    }
}
