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

/// Runs batches through ONNX Runtime's own Java API, in memory of the system's.
record JavaRun(OrtSession session, EmbedGraph graph) implements EmbedRun {
    @Override
    public MemorySegment allocate(Arena arena, long bytes) {
        return arena.allocate(bytes, 64);
    }

    @Override
    public void run(Laid batch) throws OrtException {
        long[] shape = {batch.items(), batch.tokens()};
        OrtEnvironment environment = Sessions.environment();
        try (var ids = longs(environment, batch.ids(), shape);
                var mask = longs(environment, batch.mask(), shape);
                var types = longs(environment, batch.types(), shape);
                var output = vectors(environment, batch)) {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put("input_ids", ids);
            inputs.put("attention_mask", mask);
            inputs.put("token_type_ids", types);
            inputs.keySet().retainAll(graph.inputs());
            session.run(inputs, Map.of(graph.output(), output)).close();
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
                new long[] {batch.items(), batch.tokens(), graph.dimension()});
    }

    private static ByteBuffer bytes(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {}
}
