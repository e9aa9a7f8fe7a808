package dev.kiln.adapter.onnx;

import dev.kiln.adapter.onnx.ProtoReader.Field;
import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the tensors of an ONNX file whose elements lie in another file. ONNX Runtime would open whatever path stands
/// there, so nobody may ask it before the path was looked at.
///
/// Reads just so much of a file as leads to tensors, as [ProtoReader] does.
final class ExternalWeights {
    private static final int MAX_DEPTH = 64;

    /// A tensor whose elements lie in another file.
    ///
    /// @param type ONNX's number of the element type
    /// @param facts what it says about the place, by ONNX's words: `location`, `offset`, `length`
    /// @param initializer whether it is a weight of the graph itself, not of a part or a node
    record External(
            String name,
            long type,
            List<Long> shape,
            Map<String, String> facts,
            boolean initializer) {
        String location() {
            return facts.getOrDefault("location", "");
        }
    }

    /// Where messages hold messages on the way from a model to its tensors.
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE,
        FUNCTION,
        SPARSE,
        TENSOR,
        NONE;

        Message inside(int field) {
            return switch (this) {
                case MODEL -> field == 7 ? GRAPH : field == 25 ? FUNCTION : NONE;
                case GRAPH -> field == 1 ? NODE : field == 5 ? TENSOR : field == 15 ? SPARSE : NONE;
                case NODE -> field == 5 ? ATTRIBUTE : NONE;
                case ATTRIBUTE ->
                        switch (field) {
                            case 5, 10 -> TENSOR;
                            case 6, 11 -> GRAPH;
                            case 22, 23 -> SPARSE;
                            default -> NONE;
                        };
                case FUNCTION -> field == 7 ? NODE : field == 11 ? ATTRIBUTE : NONE;
                case SPARSE -> field == 1 || field == 2 ? TENSOR : NONE;
                case TENSOR, NONE -> NONE;
            };
        }
    }

    private final ProtoReader file;
    private final List<External> found = new ArrayList<>();

    private ExternalWeights(MemorySegment file) {
        this.file = new ProtoReader(file);
    }

    /// Every tensor that names another file.
    static List<External> of(MemorySegment file) throws ModelFault {
        var reader = new ExternalWeights(file);
        reader.read(Message.MODEL, reader.file.whole(), 0);
        return reader.found;
    }

    private void read(Message message, Field of, int depth) throws ModelFault {
        if (depth > MAX_DEPTH) {
            throw new ModelFault("the graph is nested more than %d deep".formatted(MAX_DEPTH));
        }
        file.fields(
                of,
                field -> {
                    Message inner = message.inside(field.number());
                    if (inner == Message.TENSOR) {
                        // The model holds one graph, and that its weights; all others lie deeper.
                        tensor(field, message == Message.GRAPH && depth == 1);
                    } else if (inner != Message.NONE) {
                        read(inner, field, depth + 1);
                    }
                });
    }

    private void tensor(Field of, boolean initializer) throws ModelFault {
        List<Long> shape = new ArrayList<>();
        Map<String, String> facts = new HashMap<>();
        long[] type = new long[1];
        String[] name = {""};
        boolean[] external = new boolean[1];
        file.fields(
                of,
                field -> {
                    switch (field.number()) {
                        case 1 -> shape.addAll(file.numbers(field));
                        case 2 -> type[0] = field.value();
                        case 8 -> name[0] = file.text(field);
                        case 13 -> {
                            external[0] = true;
                            fact(field, facts);
                        }
                        default -> {}
                    }
                });
        if (external[0]) {
            found.add(
                    new External(
                            name[0], type[0], List.copyOf(shape), Map.copyOf(facts), initializer));
        }
    }

    private void fact(Field entry, Map<String, String> facts) throws ModelFault {
        String[] halves = {"", ""};
        file.fields(
                entry,
                field -> {
                    if (field.number() == 1 || field.number() == 2) {
                        halves[field.number() - 1] = file.text(field);
                    }
                });
        if (facts.put(halves[0], halves[1]) != null) {
            throw new ModelFault(
                    "a tensor in another file says twice what its %s is".formatted(halves[0]));
        }
    }
}
