package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Runs batches through ONNX Runtime's own Java API, in memory of the system's.
///
/// **Threads:** any number at once.
final class JavaRun implements EmbedRun {
    private final OrtSession session;
    private final EmbedGraph graph;
    private final String device;
    private final Zeros types = new Zeros((arena, bytes) -> arena.allocate(bytes, 64));

    JavaRun(OrtSession session, EmbedGraph graph, String device) {
        this.session = session;
        this.graph = graph;
        this.device = device;
    }

    @Override
    public MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(bytes, 64);
    }

    @Override
    public void run(Laid batch) throws OrtException {
        long[] shape = {batch.items(), batch.tokens()};
        OrtEnvironment environment = Sessions.environment();
        MemorySegment zeros = types.of(batch.ids().byteSize());
        try (var ids = longs(environment, batch.ids(), shape);
                var mask = longs(environment, batch.mask(), shape);
                var pairs = longs(environment, zeros, shape);
                var output = vectors(environment, batch);
                var stoppable = new StoppableRun(device)) {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put("input_ids", ids);
            inputs.put("attention_mask", mask);
            inputs.put(EmbedGraph.TYPES, pairs);
            inputs.keySet().retainAll(graph.inputs());
            var outputs = Map.of(graph.output(), output);
            session.run(inputs, Set.of(), outputs, stoppable.options()).close();
        }
    }

    private static OnnxTensor longs(OrtEnvironment environment, MemorySegment segment, long[] shape)
            throws OrtException {
        return OnnxTensor.createTensor(environment, bytes(segment).asLongBuffer(), shape);
    }

    private OnnxTensor vectors(OrtEnvironment environment, Laid batch) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                bytes(batch.vectors()).asFloatBuffer(),
                new long[] {batch.items(), graph.vectors(batch.tokens()), graph.dimension()});
    }

    private static ByteBuffer bytes(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        types.close();
    }
}
