package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;

/// A kind of model on an engine: a whole adapter. Each batch has an arena of its own, and all its memory goes with it.
///
/// **Threads:** as [ModelAdapter] says; shareable if the engine is.
public final class KindAdapter<P extends Prepared> implements ModelAdapter {
    private final Kind<P> kind;
    private final Engine engine;
    private final ModelInfo info;
    private final List<Sample> golden;

    private KindAdapter(Kind<P> kind, Engine engine, ModelInfo info, List<Sample> golden) {
        this.kind = kind;
        this.engine = engine;
        this.info = info;
        this.golden = List.copyOf(golden);
    }

    /// Joins a kind and an engine, and proves them with the golden samples if there are any.
    ///
    /// @param kind closed together with the adapter, and also when this call fails; likewise the engine
    /// @param identity the name it is served under, the weights' digest and the device asked for
    /// @throws ModelFault if a golden sample comes out wrong
    public static <P extends Prepared> KindAdapter<P> open(
            Kind<P> kind, Engine engine, Identity identity, List<Sample> golden) throws ModelFault {
        boolean proved = false;
        try {
            var unproved = new ModelInfo.Device(identity.device(), engine.device(), "none");
            var first =
                    new KindAdapter<>(kind, engine, info(kind, engine, identity, unproved), golden);
            first.prove();
            // The golden samples have shown where the engine computes.
            Placement placement = engine.placement();
            var device =
                    new ModelInfo.Device(
                            identity.device(),
                            placement.device(),
                            golden.isEmpty() ? "none" : placement.device(),
                            placement.percent(),
                            "");
            var adapter =
                    new KindAdapter<>(kind, engine, info(kind, engine, identity, device), golden);
            proved = true;
            return adapter;
        } finally {
            if (!proved) {
                engine.close();
                kind.close();
            }
        }
    }

    private static ModelInfo info(
            Kind<?> kind, Engine engine, Identity identity, ModelInfo.Device device) {
        return new ModelInfo(
                identity.name(), identity.sha256(), engine.version(), kind.purpose(), device);
    }

    @Override
    public void prove() throws ModelFault {
        Golden.prove(this, golden);
    }

    @Override
    public List<ModelInput> samples() {
        return golden.stream().map(Sample::input).toList();
    }

    @Override
    public ModelInfo info() {
        return info;
    }

    @Override
    public Prepared prepare(ModelInput input) throws UnfitInput {
        P item = kind.prepare(input);
        return new Own<>(this, item, item.cost());
    }

    @Override
    public int leastCost(ModelInput input) {
        return kind.leastCost(input);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch holds at least one item, was empty");
        }
        List<P> items = new ArrayList<>(batch.size());
        for (Prepared item : batch) {
            items.add(own(item));
        }
        try (var arena = Arena.ofConfined()) {
            return kind.run(engine, items, arena);
        }
    }

    @SuppressWarnings("unchecked") // an item that this adapter owns was made by its own kind
    private P own(Prepared item) {
        if (item instanceof Own<?>(KindAdapter<?> owner, Prepared inner, int _) && owner == this) {
            return (P) inner;
        }
        throw new IllegalArgumentException(
                "an item of this batch was not prepared by the adapter of model " + info.name());
    }

    @Override
    public boolean shareable() {
        return engine.shareable();
    }

    @Override
    public void close() {
        engine.close();
        kind.close();
    }

    /// Which model an adapter is, as far as kind and engine cannot know.
    ///
    /// @param name the name it is served under
    /// @param sha256 of the weights file, 64 lower-case hex digits
    /// @param device where it is to compute
    public record Identity(String name, String sha256, String device) {}

    /// @param owner tells whose item this is, since it means nothing to another model
    /// @param cost the item's, which lanes ask for often
    private record Own<P extends Prepared>(KindAdapter<P> owner, P item, int cost)
            implements Prepared {}
}
