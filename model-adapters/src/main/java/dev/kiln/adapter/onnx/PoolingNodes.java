package dev.kiln.adapter.onnx;

import dev.kiln.adapter.kind.Pooling;
import dev.kiln.adapter.onnx.ProtoReader.Field;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Nodes behind an embedder's graph that add up the vectors of each text's tokens, or take its first.
///
/// A message of the protocol buffer format with another behind it is one in which both are merged, so the model's bytes
/// stay as they are, and so do its weights, wherever they lie. All names begin with `kiln_`. The nodes are those of every
/// opset since 7: what an axis or a shape is has changed its place in others.
final class PoolingNodes {
    /// The added output, float32 `[batch, 1, dimension]`, not of unit length.
    static final String OUTPUT = "kiln_pooled";

    private static final int FIRST_OPSET = 7;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_TENSOR = 4;

    private PoolingNodes() {}

    /// An output as the file declares it.
    ///
    /// @param axes its length on each axis, -1 for any; empty where the file does not say
    private record Output(String name, long type, List<Long> axes) {
        boolean isTokenVectors(int dimension) {
            return type == OrtTable.FLOAT
                    && axes.size() == 3
                    && (axes.get(2) == dimension || axes.get(2) == -1);
        }

        boolean isUnclear() {
            return type == OrtTable.FLOAT && axes.isEmpty();
        }
    }

    /// The model with such nodes behind its first output of token vectors.
    ///
    /// @param arena where its bytes are to lie; the files beside it stay where they are
    /// @return empty where that output or the opset is not clear from the file, or it would grow over 2 GiB
    static Optional<OnnxGraph> behind(OnnxGraph model, EmbedderSpec spec, Arena arena)
            throws ModelFault {
        MemorySegment file = MemorySegment.ofBuffer(model.file());
        var reader = new ProtoReader(file);
        if (opset(reader) < FIRST_OPSET) {
            return Optional.empty();
        }
        Optional<String> vectors = tokenVectors(reader, spec.dimension());
        return vectors.flatMap(name -> {
            byte[] added = nodes(name, spec.pooling());
            long bytes = file.byteSize() + added.length;
            if (bytes > Integer.MAX_VALUE) {
                return Optional.empty();
            }
            MemorySegment both = arena.allocate(bytes);
            both.copyFrom(file);
            both.asSlice(file.byteSize()).copyFrom(MemorySegment.ofArray(added));
            ByteBuffer buffer = both.asByteBuffer().order(ByteOrder.nativeOrder());
            return Optional.of(new OnnxGraph(buffer, model.beside()));
        });
    }

    /// Of ONNX's own operators; 0 if the file names none.
    private static long opset(ProtoReader reader) throws ModelFault {
        long[] found = new long[1];
        reader.fields(
                reader.whole(),
                field -> {
                    if (field.number() == 8) {
                        String[] domain = {""};
                        long[] version = new long[1];
                        reader.fields(
                                field,
                                inner -> {
                                    switch (inner.number()) {
                                        case 1 -> domain[0] = reader.text(inner);
                                        case 2 -> version[0] = inner.value();
                                        default -> {}
                                    }
                                });
                        if (domain[0].isEmpty() || domain[0].equals("ai.onnx")) {
                            found[0] = version[0];
                        }
                    }
                });
        return found[0];
    }

    private static Optional<String> tokenVectors(ProtoReader reader, int dimension)
            throws ModelFault {
        List<Output> outputs = new ArrayList<>();
        reader.fields(
                reader.whole(),
                field -> {
                    if (field.number() == 7) {
                        reader.fields(
                                field,
                                inner -> {
                                    if (inner.number() == 12) {
                                        outputs.add(output(reader, inner));
                                    }
                                });
                    }
                });
        for (Output output : outputs) {
            if (output.isUnclear()) {
                return Optional.empty();
            }
            if (output.isTokenVectors(dimension)) {
                return Optional.of(output.name());
            }
        }
        return Optional.empty();
    }

    /// `ValueInfoProto`, its `TypeProto`, its `TypeProto.Tensor`.
    private static Output output(ProtoReader reader, Field value) throws ModelFault {
        String[] name = {""};
        long[] type = new long[1];
        List<Long> axes = new ArrayList<>();
        ProtoReader.Taker tensor =
                field -> {
                    switch (field.number()) {
                        case 1 -> type[0] = field.value();
                        case 2 -> reader.fields(field, axis -> axes.add(length(reader, axis)));
                        default -> {}
                    }
                };
        reader.fields(
                value,
                field -> {
                    switch (field.number()) {
                        case 1 -> name[0] = reader.text(field);
                        case 2 ->
                                reader.fields(
                                        field,
                                        kind -> {
                                            if (kind.number() == 1) {
                                                reader.fields(kind, tensor);
                                            }
                                        });
                        default -> {}
                    }
                });
        return new Output(name[0], type[0], axes);
    }

    private static long length(ProtoReader reader, Field axis) throws ModelFault {
        long[] length = {-1};
        reader.fields(
                axis,
                field -> {
                    if (field.number() == 1) {
                        length[0] = field.value();
                    }
                });
        return length[0];
    }

    /// A model of these nodes alone.
    private static byte[] nodes(String vectors, Pooling pooling) {
        var graph = new ProtoMessage();
        switch (pooling) {
            case MEAN -> {
                // [batch, 1, tokens] · [batch, tokens, dimension]
                node(graph, "Cast", "kiln_mask", List.of("attention_mask"), integer("to", 1));
                node(graph, "Constant", "kiln_shape", List.of(), integers(0, 1, -1));
                node(graph, "Reshape", "kiln_row", List.of("kiln_mask", "kiln_shape"));
                node(graph, "MatMul", OUTPUT, List.of("kiln_row", vectors));
            }
            case CLS -> {
                node(graph, "Constant", "kiln_first", List.of(), integers(0));
                node(graph, "Gather", OUTPUT, List.of(vectors, "kiln_first"), integer("axis", 1));
            }
        }
        var tensor = new ProtoMessage().number(1, OrtTable.FLOAT);
        var type = new ProtoMessage().message(1, tensor);
        graph.message(12, new ProtoMessage().text(1, OUTPUT).message(2, type));
        return new ProtoMessage().message(7, graph).toBytes();
    }

    private static void node(
            ProtoMessage graph,
            String operator,
            String output,
            List<String> inputs,
            ProtoMessage... attributes) {
        var node = new ProtoMessage();
        inputs.forEach(input -> node.text(1, input));
        node.text(2, output).text(3, output).text(4, operator);
        for (ProtoMessage attribute : attributes) {
            node.message(5, attribute);
        }
        graph.message(1, node);
    }

    private static ProtoMessage integer(String name, long value) {
        return new ProtoMessage().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
    }

    private static ProtoMessage integers(long... values) {
        var bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        var tensor =
                new ProtoMessage()
                        .number(1, values.length)
                        .number(2, OrtTable.INT64)
                        .bytes(9, bytes.array());
        return new ProtoMessage().text(1, "value").message(5, tensor).number(20, ATTRIBUTE_TENSOR);
    }
}
