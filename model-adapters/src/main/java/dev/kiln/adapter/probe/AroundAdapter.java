package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.List;

/// Another adapter in all but how it runs.
///
/// **Threads:** as the other.
abstract class AroundAdapter implements ModelAdapter {
    final ModelAdapter adapter;

    AroundAdapter(ModelAdapter adapter) {
        this.adapter = adapter;
    }

    @Override
    public final ModelInfo info() {
        return adapter.info();
    }

    @Override
    public final Prepared prepare(ModelInput input) throws UnfitInput {
        return adapter.prepare(input);
    }

    @Override
    public final int leastCost(ModelInput input) {
        return adapter.leastCost(input);
    }

    @Override
    public final void prove() throws ModelFault {
        adapter.prove();
    }

    @Override
    public final List<ModelInput> samples() {
        return adapter.samples();
    }

    @Override
    public final boolean shareable() {
        return adapter.shareable();
    }

    @Override
    public final void close() {
        adapter.close();
    }
}
