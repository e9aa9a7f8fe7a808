package dev.kiln.server;

import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;

/// A model whose vectors are the number of characters and a half, as the recorded Axon's was.
final class CharacterCounter implements ModelAdapter {
    private record Item(String text) implements Prepared {
        @Override
        public int cost() {
            return 1;
        }
    }

    @Override
    public ModelInfo info() {
        return new ModelInfo(
                "counter",
                "00".repeat(32),
                "test",
                new Purpose.TextEmbedding(2),
                new ModelInfo.Device("cpu", "cpu", "cpu"));
    }

    @Override
    public Prepared prepare(ModelInput input) throws UnfitInput {
        if (input instanceof ModelInput.Text(String text)) {
            return new Item(text);
        }
        throw new UnfitInput("this model counts characters of texts");
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) {
        List<ModelOutput> outputs = new ArrayList<>();
        for (Prepared item : batch) {
            String text = ((Item) item).text();
            int characters = text.codePointCount(0, text.length());
            outputs.add(new ModelOutput.Embedding(new float[] {characters, 0.5f}, 1, false));
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
