package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.UnfitInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// The embedded model's bytes, and the model opened from them, for tests.
final class EmbeddedMinilm {
    static final int DIMENSION = 384;

    private EmbeddedMinilm() {}

    static byte[] graph() throws IOException {
        return resource("/all-minilm-l6-v2.onnx");
    }

    static byte[] rules() throws IOException {
        return resource("/all-minilm-l6-v2-tokenizer.json");
    }

    static TextTokenizer tokenizer(int maxTokens) throws IOException {
        return TextTokenizer.open(rules(), maxTokens, Path.of("target", "test-cache", "natives"));
    }

    static OnnxEmbedder open(int maxTokens, List<Sample> golden) throws IOException, ModelFault {
        return open(maxTokens, golden, RunBy.of("cpu"), PoolAt.of("cpu"));
    }

    static OnnxEmbedder open(int maxTokens, List<Sample> golden, RunBy by, PoolAt pool)
            throws IOException, ModelFault {
        byte[] bytes = graph();
        var direct = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
        var spec =
                new EmbedderSpec(
                        "minilm", "0".repeat(64), DIMENSION, Pooling.MEAN, "cpu", 2, golden);
        return OnnxEmbedder.open(
                OnnxGraph.alone(direct),
                tokenizer(maxTokens),
                spec,
                new OnnxEmbedder.How(by, pool));
    }

    static List<ModelOutput.Embedding> embed(OnnxEmbedder model, List<String> texts)
            throws ModelFault {
        List<Prepared> batch = new ArrayList<>();
        for (String text : texts) {
            try {
                batch.add(model.prepare(new ModelInput.Text(text)));
            } catch (UnfitInput e) {
                throw new AssertionError("an embedder takes every text", e);
            }
        }
        List<ModelOutput.Embedding> embeddings = new ArrayList<>();
        for (ModelOutput output : model.run(batch)) {
            embeddings.add((ModelOutput.Embedding) output);
        }
        return embeddings;
    }

    static double cosine(float[] one, float[] other) {
        double dot = 0;
        double squares = 0;
        double otherSquares = 0;
        for (int i = 0; i < one.length; i++) {
            dot += (double) one[i] * other[i];
            squares += (double) one[i] * one[i];
            otherSquares += (double) other[i] * other[i];
        }
        return dot / Math.sqrt(squares * otherSquares);
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = EmbeddedMinilm.class.getResourceAsStream(name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }
}
