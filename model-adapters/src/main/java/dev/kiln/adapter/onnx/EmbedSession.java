package dev.kiln.adapter.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/// One ONNX Runtime session of a sentence embedder, and the memory its batches are laid out in.
///
/// **Threads:** [#run] from any number of threads at once; each computes on its own thread only.
final class EmbedSession implements AutoCloseable {
    /// The only device this build has natives for.
    static final String DEVICE = "cpu";

    private static final Set<String> NEEDED_INPUTS = Set.of("input_ids", "attention_mask");
    private static final Set<String> KNOWN_INPUTS =
            Set.of("input_ids", "attention_mask", "token_type_ids");

    private final OrtSession session;
    private final EmbedGraph graph;
    private final ArrayBlockingQueue<BatchMemory> spare;
    private boolean closed; // guarded by this

    private EmbedSession(OrtSession session, EmbedGraph graph, int threads) {
        this.session = session;
        this.graph = graph;
        this.spare = new ArrayBlockingQueue<>(threads);
    }

    /// The engine's name and the version that the native library reports.
    static String engine() {
        return "onnxruntime-" + environment().getVersion();
    }

    static EmbedSession open(ByteBuffer model, int dimension, int threads) throws ModelFault {
        try (var options = options()) {
            OrtSession session = DeepStack.run(() -> environment().createSession(model, options));
            boolean usable = false;
            try {
                var opened = new EmbedSession(session, graph(session, dimension), threads);
                usable = true;
                return opened;
            } finally {
                if (!usable) {
                    session.close();
                }
            }
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime cannot load the graph: " + e.getMessage(), e);
        }
    }

    private static OrtEnvironment environment() {
        return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "kiln");
    }

    /// One thread computes a run from its first node to its last: the lanes' threads share the session, so that cores
    /// are used by batches side by side and never by one batch on all of them.
    ///
    /// The arena stays on: with batches of bounded cost it holds no more than without (measured, see
    /// `models/README.md`), and it spares the system the mapping and unmapping of every intermediate. Memory patterns
    /// are off: they pay for shapes that come back, and ragged batches hardly do.
    private static SessionOptions options() throws OrtException {
        var options = new SessionOptions();
        options.setIntraOpNumThreads(1);
        options.setInterOpNumThreads(1);
        options.setExecutionMode(SessionOptions.ExecutionMode.SEQUENTIAL);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.setMemoryPatternOptimization(false);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        options.addConfigEntry("session.inter_op.allow_spinning", "0");
        return options;
    }

    private static EmbedGraph graph(OrtSession session, int dimension)
            throws OrtException, ModelFault {
        Set<String> inputs = session.getInputNames();
        if (!inputs.containsAll(NEEDED_INPUTS) || !KNOWN_INPUTS.containsAll(inputs)) {
            throw new ModelFault(
                    "the graph's inputs are %s; an embedder takes input_ids and attention_mask, and may take token_type_ids"
                            .formatted(inputs));
        }
        Map<String, NodeInfo> outputs = session.getOutputInfo();
        for (var output : outputs.entrySet()) {
            if (output.getValue().getInfo() instanceof TensorInfo tensor
                    && isTokenVectors(tensor, dimension)) {
                return new EmbedGraph(Set.copyOf(inputs), output.getKey(), dimension);
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

    String device() {
        return DEVICE;
    }

    /// Embeds a batch.
    ///
    /// @return one unit-length vector for each text, same order
    List<float[]> run(List<Tokens> batch) throws ModelFault {
        BatchMemory memory = spare.poll();
        if (memory == null) {
            memory = new BatchMemory(graph);
        }
        try {
            return memory.run(session, batch);
        } catch (OrtException e) {
            throw new ModelFault("ONNX Runtime failed: " + e.getMessage(), e);
        } finally {
            if (!memory.isSmallEnoughToKeep() || !spare.offer(memory)) {
                memory.close();
            }
        }
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
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot close its session", e);
        }
    }
}
