package dev.kiln.adapter.onnx;

import dev.kiln.adapter.engine.Placement;
import dev.kiln.adapter.kind.Golden;
import dev.kiln.adapter.kind.Sample;
import dev.kiln.adapter.text.TextTokenizer;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelAdapter;
import dev.kiln.core.model.ModelFault;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Prepared;
import dev.kiln.core.model.Purpose;
import dev.kiln.core.model.UnfitInput;
import java.util.ArrayList;
import java.util.List;

/// A sentence embedder on ONNX Runtime: tokenise, pad to the longest of the batch, run, average the token vectors
/// (in the graph where that is a GPU's), scale to unit length.
///
/// One session serves any number of threads; each run computes on the thread that calls it.
///
/// **Threads:** as [ModelAdapter] says; shareable.
public final class OnnxEmbedder implements ModelAdapter {
    private final TextTokenizer tokenizer;
    private final EmbedSession session;
    private final ModelInfo info;
    private final List<Sample> golden;

    private OnnxEmbedder(
            TextTokenizer tokenizer, EmbedSession session, ModelInfo info, List<Sample> golden) {
        this.tokenizer = tokenizer;
        this.session = session;
        this.info = info;
        this.golden = golden;
    }

    /// Loads a graph and proves it with the golden sample, if there is one.
    ///
    /// @param graph needed only during this call
    /// @param tokenizer closed together with the embedder, and also when this call fails
    /// @throws ModelFault if the engine cannot load the graph, the graph is not an embedder of this dimension, or the
    ///     golden sample comes out wrong
    public static OnnxEmbedder open(OnnxGraph graph, TextTokenizer tokenizer, EmbedderSpec spec)
            throws ModelFault {
        var how = new How(RunBy.of(spec.device()), PoolAt.of(spec.device()));
        return open(graph, tokenizer, spec, how);
    }

    /// What follows from the device, unless a test says otherwise.
    record How(RunBy by, PoolAt pool) {}

    /// The same as told.
    static OnnxEmbedder open(OnnxGraph graph, TextTokenizer tokenizer, EmbedderSpec spec, How how)
            throws ModelFault {
        OnnxEmbedder opened = load(graph, tokenizer, spec, how);
        boolean proved = false;
        try {
            opened.prove();
            OnnxEmbedder settled = opened.settled(spec);
            proved = true;
            return settled;
        } finally {
            if (!proved) {
                opened.close();
            }
        }
    }

    private static OnnxEmbedder load(
            OnnxGraph graph, TextTokenizer tokenizer, EmbedderSpec spec, How how)
            throws ModelFault {
        boolean loaded = false;
        try {
            var session = EmbedSession.open(graph, spec, how.by(), how.pool());
            loaded = true;
            var device = new ModelInfo.Device(spec.device(), spec.device(), "none");
            return new OnnxEmbedder(tokenizer, session, info(spec, device), spec.golden());
        } finally {
            if (!loaded) {
                tokenizer.close();
            }
        }
    }

    /// The same with what its golden samples have shown of the device.
    private OnnxEmbedder settled(EmbedderSpec spec) throws ModelFault {
        Placement placement = session.placement();
        String proved = golden.isEmpty() ? "none" : placement.device();
        var device =
                new ModelInfo.Device(
                        spec.device(), placement.device(), proved, placement.percent(), "");
        return new OnnxEmbedder(tokenizer, session, info(spec, device), golden);
    }

    private static ModelInfo info(EmbedderSpec spec, ModelInfo.Device device) {
        return new ModelInfo(
                spec.name(),
                spec.sha256(),
                Sessions.version(),
                new Purpose.TextEmbedding(spec.dimension()),
                device);
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
        if (input instanceof ModelInput.Text(String text)) {
            return new PreparedText(session, tokenizer.encode(text));
        }
        throw new UnfitInput("model %s takes texts".formatted(info.name()));
    }

    @Override
    public int leastCost(ModelInput input) {
        return input instanceof ModelInput.Text(String text) ? tokenizer.fewest(text) : 1;
    }

    @Override
    public List<ModelOutput> run(List<Prepared> batch) throws ModelFault {
        if (batch.isEmpty()) {
            throw new IllegalArgumentException("a batch holds at least one item, was empty");
        }
        List<Tokens> tokens = new ArrayList<>(batch.size());
        for (Prepared item : batch) {
            tokens.add(own(item));
        }
        List<float[]> vectors = session.run(tokens);
        List<ModelOutput> outputs = new ArrayList<>(batch.size());
        for (int i = 0; i < tokens.size(); i++) {
            Tokens seen = tokens.get(i);
            outputs.add(new ModelOutput.Embedding(vectors.get(i), seen.count(), seen.truncated()));
        }
        return outputs;
    }

    /// What copying costs a batch of its.
    Transfers transfers(List<Prepared> batch) throws ModelFault {
        return session.transfers(batch.stream().map(this::own).toList());
    }

    /// Whether its graph pools.
    boolean pools() {
        return session.pools();
    }

    private Tokens own(Prepared item) {
        if (item instanceof PreparedText(EmbedSession owner, Tokens tokens) && owner == session) {
            return tokens;
        }
        throw new IllegalArgumentException(
                "an item of this batch was not prepared by the adapter of model " + info.name());
    }

    @Override
    public boolean shareable() {
        return true;
    }

    @Override
    public void close() {
        session.close();
        tokenizer.close();
    }

    /// @param owner tells whose item this is, since token ids mean nothing to another model
    private record PreparedText(EmbedSession owner, Tokens tokens) implements Prepared {
        @Override
        public int cost() {
            return tokens.count();
        }
    }
}
