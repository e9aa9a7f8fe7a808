package dev.kiln.adapter.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.kiln.adapter.engine.EngineFault;
import dev.kiln.adapter.engine.Placement;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/// One ONNX Runtime session of a sentence embedder, and the memory its batches are laid out in.
///
/// **Threads:** [#run] from any number of threads at once; each computes on its own thread only.
final class EmbedSession implements AutoCloseable {
    private static final Set<String> NEEDED_INPUTS = Set.of("input_ids", "attention_mask");
    private static final Set<String> KNOWN_INPUTS =
            Set.of("input_ids", "attention_mask", EmbedGraph.TYPES);
    private static final System.Logger LOG = System.getLogger(EmbedSession.class.getName());

    private final OpenSession session;
    private final EmbedGraph graph;
    private final EmbedRun engine;
    private final ArrayBlockingQueue<BatchMemory> spare;
    private boolean closed; // guarded by this

    private EmbedSession(OpenSession session, EmbedGraph graph, EmbedRun engine, int threads) {
        this.session = session;
        this.graph = graph;
        this.engine = engine;
        this.spare = new ArrayBlockingQueue<>(threads);
    }

    /// @param pool where to pool, if the graph can be told to
    static EmbedSession open(OnnxGraph model, EmbedderSpec spec, RunBy by, PoolAt pool)
            throws ModelFault {
        Opened opened = session(model, spec, pool);
        OpenSession session = opened.session();
        boolean usable = false;
        try {
            EmbedGraph graph = graph(session.session(), spec, opened.pooled());
            EmbedRun engine = by.open(session.session(), graph, spec.device());
            var embedder = new EmbedSession(session, graph, engine, spec.engineThreads());
            usable = true;
            return embedder;
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime cannot read the graph: " + e.getMessage(), e);
        } finally {
            if (!usable) {
                session.close();
            }
        }
    }

    private record Opened(OpenSession session, boolean pooled) {}

    /// With nodes that pool where they are wanted, can be had and are taken.
    private static Opened session(OnnxGraph model, EmbedderSpec spec, PoolAt pool)
            throws ModelFault {
        String refused = "";
        if (pool == PoolAt.GRAPH) {
            try (Arena arena = Arena.ofShared()) {
                Optional<OnnxGraph> pooling = PoolingNodes.behind(model, spec, arena);
                if (pooling.isPresent()) {
                    return new Opened(Sessions.open(pooling.get(), spec.device()), true);
                }
                refused = "the file does not say enough of its opset and outputs";
            } catch (ModelFault e) {
                refused = String.valueOf(e.getMessage());
            }
        }
        var plain = new Opened(Sessions.open(model, spec.device()), false);
        if (!refused.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "model {0} pools on the processor, not in its graph: {1}",
                    spec.name(),
                    refused);
        }
        return plain;
    }

    private static EmbedGraph graph(OrtSession session, EmbedderSpec spec, boolean pooled)
            throws OrtException, ModelFault {
        int dimension = spec.dimension();
        Set<String> inputs = session.getInputNames();
        if (!inputs.containsAll(NEEDED_INPUTS) || !KNOWN_INPUTS.containsAll(inputs)) {
            throw new ModelFault(
                    "the graph's inputs are %s; an embedder takes input_ids and attention_mask, and may take token_type_ids"
                            .formatted(inputs));
        }
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        if (pooled) {
            return new EmbedGraph(
                    Set.copyOf(inputs), PoolingNodes.OUTPUT, dimension, spec.pooling(), true);
        }
        for (var output : outputs.entrySet()) {
            if (output.getValue().getInfo() instanceof TensorInfo tensor
                    && isTokenVectors(tensor, dimension)) {
                return new EmbedGraph(
                        Set.copyOf(inputs), output.getKey(), dimension, spec.pooling(), false);
            }
        }
        throw new ModelFault(
                "no output of the graph is float32 [batch, tokens, %d]; its outputs are %s"
                        .formatted(dimension, outputs.values()));
    }

    private static boolean isTokenVectors(TensorInfo tensor, int dimension) {
        long[] shape = tensor.getShape();
        return tensor.type == OnnxJavaType.FLOAT
                && shape.length == 3
                && (shape[2] == dimension || shape[2] == -1);
    }

    /// Where its runs until the first look computed.
    Placement placement() throws ModelFault {
        return session.placement();
    }

    /// Embeds a batch.
    ///
    /// @return one unit-length vector for each text, same order
    List<float[]> run(List<Tokens> batch) throws ModelFault {
        BatchMemory memory = spare.poll();
        if (memory == null) {
            memory = new BatchMemory(engine, graph);
        }
        try {
            return memory.run(batch);
        } catch (OrtException e) {
            throw EngineFault.of("ONNX Runtime", String.valueOf(e.getMessage()), e);
        } finally {
            if (!memory.isSmallEnoughToKeep() || !spare.offer(memory)) {
                memory.close();
            }
        }
    }

    /// What copying costs a batch; to be closed before this.
    Transfers transfers(List<Tokens> batch) throws ModelFault {
        return Transfers.open(session, graph, batch);
    }

    /// Whether its graph pools.
    boolean pools() {
        return graph.pooled();
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (BatchMemory memory = spare.poll(); memory != null; memory = spare.poll()) {
            memory.close();
        }
        engine.close();
        session.close();
    }
}
