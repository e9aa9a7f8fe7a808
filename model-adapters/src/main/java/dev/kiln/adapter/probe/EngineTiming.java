package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.Prepared;
import java.util.Collections;
import java.util.List;

/// How an engine runs one batch after the other with nothing around it.
///
/// @param itemsPerSecond of all threads together
record EngineTiming(double itemsPerSecond, RunTimes runs) {
    static EngineTiming measure(
            ModelAdapter model, List<Prepared> batch, int threads, double seconds)
            throws ModelFault, InterruptedException {
        model.run(batch);
        EngineLoops.Work work = () -> model.run(batch);
        RunTimes times = EngineLoops.times(Collections.nCopies(threads, work), seconds);
        return new EngineTiming(times.count() * batch.size() / times.wallSeconds(), times);
    }

    Section section(String name) {
        return runs.into(new Section(name).with("items_per_s", itemsPerSecond));
    }
}
