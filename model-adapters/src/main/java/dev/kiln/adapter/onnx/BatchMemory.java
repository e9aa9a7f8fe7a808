package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.kiln.adapter.kind.TokenVectors;
import dev.kiln.adapter.text.Tokens;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Native memory for one batch at a time: the padded inputs and the token vectors that come out. ONNX Runtime reads
/// and writes it in place; it grows to the largest batch seen and is given back as a whole.
///
/// **Threads:** one at a time.
final class BatchMemory implements AutoCloseable {
    /// Padded tokens up to which memory is kept for the next batch; a rare larger batch brings and frees its own.
    static final int KEPT_TOKENS = 4096;

    private final EmbedGraph graph;
    private Arena arena = Arena.ofShared(); // replaced when it grows
    private MemorySegment ids = MemorySegment.NULL;
    private MemorySegment mask = MemorySegment.NULL;
    private MemorySegment types = MemorySegment.NULL;
    private MemorySegment vectors = MemorySegment.NULL;
    private int capacity; // padded tokens

    BatchMemory(EmbedGraph graph) {
        this.graph = graph;
    }

    /// Lays a batch out, runs it and averages what comes out.
    List<float[]> run(OrtSession session, List<Tokens> batch) throws OrtException, ModelFault {
        int longest = 0;
        for (Tokens item : batch) {
            longest = Math.max(longest, item.count());
        }
        reserve(Math.multiplyExact(batch.size(), longest));
        fill(batch, longest);
        long[] shape = {batch.size(), longest};
        var environment = OrtEnvironment.getEnvironment();
        try (var idTensor = OnnxTensor.createTensor(environment, longs(ids, shape), shape);
                var maskTensor = OnnxTensor.createTensor(environment, longs(mask, shape), shape);
                var typeTensor = OnnxTensor.createTensor(environment, longs(types, shape), shape);
                var output = outputTensor(environment, shape)) {
            Map<String, OnnxTensor> inputs = new HashMap<>();
            inputs.put("input_ids", idTensor);
            inputs.put("attention_mask", maskTensor);
            inputs.put("token_type_ids", typeTensor);
            inputs.keySet().retainAll(graph.inputs());
            session.run(inputs, Map.of(graph.output(), output)).close();
        }
        return TokenVectors.pool(vectors, batch, longest, graph.dimension(), graph.pooling());
    }

    private void reserve(int tokens) {
        if (tokens <= capacity) {
            return;
        }
        arena.close();
        arena = Arena.ofShared();
        long bytes = (long) tokens * Long.BYTES;
        ids = arena.allocate(bytes, 64);
        mask = arena.allocate(bytes, 64);
        types = arena.allocate(bytes, 64);
        vectors = arena.allocate((long) tokens * graph.dimension() * Float.BYTES, 64);
        capacity = tokens;
    }

    private void fill(List<Tokens> batch, int longest) {
        for (int row = 0; row < batch.size(); row++) {
            long[] own = batch.get(row).ids();
            for (int column = 0; column < longest; column++) {
                int at = row * longest + column;
                boolean real = column < own.length;
                ids.setAtIndex(ValueLayout.JAVA_LONG, at, real ? own[column] : 0);
                mask.setAtIndex(ValueLayout.JAVA_LONG, at, real ? 1 : 0);
            }
        }
    }

    private static LongBuffer longs(MemorySegment segment, long[] shape) {
        return segment.asSlice(0, shape[0] * shape[1] * Long.BYTES)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asLongBuffer();
    }

    private OnnxTensor outputTensor(OrtEnvironment environment, long[] shape) throws OrtException {
        FloatBuffer floats =
                vectors.asSlice(0, shape[0] * shape[1] * graph.dimension() * Float.BYTES)
                        .asByteBuffer()
                        .order(ByteOrder.nativeOrder())
                        .asFloatBuffer();
        return OnnxTensor.createTensor(
                environment, floats, new long[] {shape[0], shape[1], graph.dimension()});
    }

    boolean isSmallEnoughToKeep() {
        return capacity <= KEPT_TOKENS;
    }

    @Override
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }
}
