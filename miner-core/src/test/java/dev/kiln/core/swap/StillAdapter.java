package dev.kiln.core.swap;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import java.util.List;
import java.util.concurrent.Semaphore;

/// Gives `[text's length * factor, 1]` for a text, once let.
final class StillAdapter implements ModelAdapter {
    final Semaphore leave = new Semaphore(1_000_000);
    private final float factor;

    StillAdapter() {
        this(1);
    }

    StillAdapter(float factor) {
        this.factor = factor;
    }

    private record Item(String text) implements Prepared {
        @Override
        public int cost() {
            return 1;
        }
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                "still",
                "00".repeat(32),
                "test",
                new Purpose.TextEmbedding(2),
                new ModelInfo.Device("cpu", "cpu", "cpu"));
    }

    @Override
    public Prepared prepare(ModelInput input) {
        return new Item(input instanceof ModelInput.Text(String text) ? text : "");
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        leave.acquireUninterruptibly();
        return batch.stream().map(item -> output((Item) item)).toList();
    }

    private ModelOutput output(Item item) {
        float[] vector = {item.text().length() * factor, 1};
        return new ModelOutput.Embedding(vector, 1, false);
    }

    @Override
    public void prove() {}

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public void close() {}
}
