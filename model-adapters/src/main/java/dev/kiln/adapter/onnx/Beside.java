package dev.kiln.adapter.onnx;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import dev.kiln.adapter.onnx.ExternalWeights.External;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/// The weights of a graph that lie in files beside it, handed to ONNX Runtime from verified memory, so that it opens no
/// file itself.
///
/// **Threads:** confined to one.
final class Beside implements AutoCloseable {
    private final Map<String, OnnxTensor> tensors = new LinkedHashMap<>();

    private Beside() {}

    /// Wraps all of them.
    ///
    /// @throws ModelFault if a tensor names a file that is not there to be had, or a place that is not in it
    static Beside of(OnnxGraph graph) throws ModelFault, OrtException {
        var beside = new Beside();
        boolean whole = false;
        try {
            for (External tensor : ExternalWeights.of(MemorySegment.ofBuffer(graph.file()))) {
                beside.add(tensor, graph.beside());
            }
            whole = true;
            return beside;
        } finally {
            if (!whole) {
                beside.close();
            }
        }
    }

    private void add(External tensor, Map<String, MemorySegment> files)
            throws ModelFault, OrtException {
        MemorySegment file = files.get(tensor.location());
        if (file == null) {
            throw new ModelFault(
                    "its weights lie in another file, %s, which model.yaml does not pin; copy that file into the model's folder and name it under files, or save the model as one file"
                            .formatted(tensor.location()));
        }
        if (!tensor.initializer()) {
            throw new ModelFault(
                    "%s lies in another file, %s, and is no weight of the graph itself; save the model as one file"
                            .formatted(tensor.name(), tensor.location()));
        }
        OnnxJavaType type = type(tensor);
        MemorySegment data = slice(tensor, type, file);
        long[] shape = tensor.shape().stream().mapToLong(Long::longValue).toArray();
        var buffer = data.asByteBuffer().order(ByteOrder.nativeOrder());
        OnnxTensor before =
                tensors.put(
                        tensor.name(),
                        OnnxTensor.createTensor(Sessions.environment(), buffer, shape, type));
        if (before != null) {
            before.close();
            throw new ModelFault("two weights have the name " + tensor.name());
        }
    }

    private static OnnxJavaType type(External tensor) throws ModelFault {
        return switch ((int) tensor.type()) {
            case 1 -> OnnxJavaType.FLOAT;
            case 2 -> OnnxJavaType.UINT8;
            case 3 -> OnnxJavaType.INT8;
            case 5 -> OnnxJavaType.INT16;
            case 6 -> OnnxJavaType.INT32;
            case 7 -> OnnxJavaType.INT64;
            case 9 -> OnnxJavaType.BOOL;
            case 10 -> OnnxJavaType.FLOAT16;
            case 11 -> OnnxJavaType.DOUBLE;
            case 16 -> OnnxJavaType.BFLOAT16;
            default ->
                    throw new ModelFault(
                            "%s in %s has elements of ONNX's type %d, which cannot be handed over; save the model as one file"
                                    .formatted(tensor.name(), tensor.location(), tensor.type()));
        };
    }

    private static MemorySegment slice(External tensor, OnnxJavaType type, MemorySegment file)
            throws ModelFault {
        try {
            long bytes = type.size;
            for (long axis : tensor.shape()) {
                bytes = Math.multiplyExact(bytes, axis);
            }
            long offset = Long.parseLong(tensor.facts().getOrDefault("offset", "0"));
            String stated = tensor.facts().getOrDefault("length", Long.toString(bytes));
            if (Long.parseLong(stated) != bytes
                    || bytes < 0
                    || offset < 0
                    || bytes > file.byteSize() - offset) {
                throw new ModelFault(
                        "%s of %s %s is %d bytes; it is said to be %s bytes at %d of %s, which has %d"
                                .formatted(
                                        tensor.name(),
                                        type,
                                        tensor.shape(),
                                        bytes,
                                        stated,
                                        offset,
                                        tensor.location(),
                                        file.byteSize()));
            }
            return file.asSlice(offset, bytes);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new ModelFault(
                    "%s in %s has a shape or place that is none: %s %s"
                            .formatted(
                                    tensor.name(),
                                    tensor.location(),
                                    tensor.shape(),
                                    tensor.facts()),
                    e);
        }
    }

    /// By the weights' names; empty if all lie in the graph's own file.
    Map<String, OnnxTensorLike> tensors() {
        return Map.copyOf(tensors);
    }

    @Override
    public void close() {
        tensors.values().forEach(OnnxTensor::close);
    }
}
