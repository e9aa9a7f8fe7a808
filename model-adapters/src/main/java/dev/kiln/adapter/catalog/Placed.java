package dev.kiln.adapter.catalog;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.util.List;

/// A model that knows which device was asked for, and why another computes.
public record Placed(ModelAdapter inner, ModelInfo info) implements ModelAdapter {
    /// Says so of an adapter, which is left as it is where it knows already.
    ///
    /// @param requested what the configuration asked for
    /// @param fallback why another device computes than was promised; empty where none does
    public static ModelAdapter of(ModelAdapter adapter, String requested, String fallback) {
        ModelInfo info = adapter.info();
        ModelInfo.Device is = info.device();
        if (is.requested().equals(requested) && is.fallback().equals(fallback)) {
            return adapter;
        }
        var device =
                new ModelInfo.Device(requested, is.active(), is.proved(), is.percent(), fallback);
        return new Placed(
                adapter instanceof Placed placed ? placed.inner() : adapter,
                new ModelInfo(info.name(), info.sha256(), info.engine(), info.purpose(), device));
    }

    @Override
    public Prepared prepare(ModelInput input) throws UnfitInput {
        return inner.prepare(input);
    }

    @Override
    public int leastCost(ModelInput input) {
        return inner.leastCost(input);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        return inner.run(batch);
    }

    @Override
    public void prove() throws ModelFault {
        inner.prove();
    }

    @Override
    public boolean shareable() {
        return inner.shareable();
    }

    @Override
    public void close() {
        inner.close();
    }
}
