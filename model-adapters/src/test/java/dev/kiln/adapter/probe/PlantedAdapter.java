package dev.kiln.adapter.probe;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import java.util.ArrayList;
import java.util.List;

/// Says of each text how long it is, and fails as planned with batches of more items than it has memory for.
class PlantedAdapter implements ModelAdapter {
    private final int memory;
    private final ModelFault fault;

    PlantedAdapter(int memory, ModelFault fault) {
        this.memory = memory;
        this.fault = fault;
    }

    private record Item(int length) implements Prepared {
        @Override
        public int cost() {
            return length;
        }
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                "planted",
                "0".repeat(64),
                "test",
                new Purpose.TextEmbedding(1),
                new ModelInfo.Device("cpu", "cpu", "cpu"));
    }

    /// One token a word, and two around them.
    @Override
    public Prepared prepare(ModelInput input) {
        return new Item(2 + ((ModelInput.Text) input).text().split(" ", -1).length);
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        if (batch.size() > memory) {
            throw fault;
        }
        List<ModelOutput> outputs = new ArrayList<>();
        for (Prepared item : batch) {
            outputs.add(new ModelOutput.Embedding(new float[] {item.cost()}, item.cost(), false));
        }
        return outputs;
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public void close() {}
}
