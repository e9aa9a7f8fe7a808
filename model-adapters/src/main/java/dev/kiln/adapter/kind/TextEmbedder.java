package dev.kiln.adapter.kind;

import dev.kiln.adapter.engine.Engine;
import dev.kiln.adapter.engine.EngineTensor;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.TensorSpec;
import dev.kiln.core.model.UnfitInput;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/// Texts to vectors of unit length on any engine: tokenise, pad to the longest of the batch, run, pool the token
/// vectors. The engine's inputs are those of `input_ids`, `attention_mask` and `token_type_ids` that the model takes,
/// its first output is float32 `[batch, tokens, dimension]`.
public final class TextEmbedder implements Kind<TextEmbedder.Item> {
    private final TextTokenizer tokenizer;
    private final Pooling pooling;
    private final int dimension;

    /// @param tokenizer closed together with this
    public TextEmbedder(TextTokenizer tokenizer, Pooling pooling, int dimension) {
        this.tokenizer = tokenizer;
        this.pooling = pooling;
        this.dimension = dimension;
    }

    @Override
    public Purpose purpose() {
        return new Purpose.TextEmbedding(dimension);
    }

    @Override
    public Item prepare(ModelInput input) throws UnfitInput {
        if (input instanceof ModelInput.Text(String text)) {
            return new Item(tokenizer.encode(text));
        }
        throw new UnfitInput("this model takes texts");
    }

    @Override
    public int leastCost(ModelInput input) {
        return input instanceof ModelInput.Text(String text) ? tokenizer.fewest(text) : 1;
    }

    @Override
    public List<ModelOutput> run(Engine engine, List<Item> batch, Arena arena) throws ModelFault {
        List<Tokens> texts = batch.stream().map(Item::tokens).toList();
        int longest = texts.stream().mapToInt(Tokens::count).max().orElseThrow();
        List<EngineTensor> inputs = new ArrayList<>(engine.inputs().size());
        for (TensorSpec spec : engine.inputs()) {
            inputs.add(filled(spec.name(), texts, longest, arena));
        }
        EngineTensor vectors = engine.run(inputs, arena).getFirst();
        List<Long> expected = List.of((long) texts.size(), (long) longest, (long) dimension);
        if (vectors.dtype() != DType.FP32 || !vectors.shape().equals(expected)) {
            throw new ModelFault(
                    "the first output is %s %s, an embedder gives FP32 %s"
                            .formatted(vectors.dtype(), vectors.shape(), expected));
        }
        List<float[]> pooled =
                TokenVectors.pool(vectors.data(), texts, longest, dimension, pooling);
        List<ModelOutput> outputs = new ArrayList<>(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            outputs.add(
                    new ModelOutput.Embedding(
                            pooled.get(i), texts.get(i).count(), texts.get(i).truncated()));
        }
        return outputs;
    }

    private static EngineTensor filled(String input, List<Tokens> texts, int longest, Arena arena)
            throws ModelFault {
        var tensor =
                EngineTensor.allocate(
                        arena, input, DType.INT64, List.of((long) texts.size(), (long) longest));
        for (int row = 0; row < texts.size(); row++) {
            long[] ids = texts.get(row).ids();
            for (int column = 0; column < ids.length; column++) {
                long value =
                        switch (input) {
                            case "input_ids" -> ids[column];
                            case "attention_mask" -> 1;
                            case "token_type_ids" -> 0;
                            default ->
                                    throw new ModelFault(
                                            "an embedder takes input_ids, attention_mask and token_type_ids, this model also "
                                                    + input);
                        };
                tensor.data()
                        .setAtIndex(ValueLayout.JAVA_LONG, (long) row * longest + column, value);
            }
        }
        return tensor;
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    /// A text cut into tokens.
    public record Item(Tokens tokens) implements Prepared {
        @Override
        public int cost() {
            return tokens.count();
        }
    }
}
