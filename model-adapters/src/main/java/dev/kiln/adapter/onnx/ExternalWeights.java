package dev.kiln.adapter.onnx;

import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the tensors of an ONNX file whose elements lie in another file. ONNX Runtime would open whatever path stands
/// there, so nobody may ask it before the path was looked at.
///
/// Reads just so much of the protocol buffer format as leads to tensors; what is cut off is left to ONNX Runtime, which
/// refuses it. What another reader might read in another way is refused here.
final class ExternalWeights {
    private static final int MAX_DEPTH = 64;

    /// Longest name, path or number that is read.
    private static final int MAX_TEXT = 4096;

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

    /// One field of a message: a number, or where its bytes lie.
    private record Field(int number, long value, long start, long length) {}

    /// Takes a message's fields in their order.
    @FunctionalInterface
    private interface Taker {
        void take(Field field) throws ModelFault;
    }

    private final MemorySegment file;
    private final List<External> found = new ArrayList<>();

    private ExternalWeights(MemorySegment file) {
        this.file = file;
    }

    /// Every tensor that names another file.
    static List<External> of(MemorySegment file) throws ModelFault {
        var reader = new ExternalWeights(file);
        reader.read(Message.MODEL, 0, file.byteSize(), 0);
        return reader.found;
    }

    private void read(Message message, long from, long to, int depth) throws ModelFault {
        if (depth > MAX_DEPTH) {
            throw new ModelFault("the graph is nested more than %d deep".formatted(MAX_DEPTH));
        }
        fields(
                from,
                to,
                field -> {
                    Message inner = message.inside(field.number());
                    long end = field.start() + field.length();
                    if (inner == Message.TENSOR) {
                        // The model holds one graph, and that its weights; all others lie deeper.
                        tensor(field.start(), end, message == Message.GRAPH && depth == 1);
                    } else if (inner != Message.NONE) {
                        read(inner, field.start(), end, depth + 1);
                    }
                });
    }

    private void tensor(long from, long to, boolean initializer) throws ModelFault {
        List<Long> shape = new ArrayList<>();
        Map<String, String> facts = new HashMap<>();
        long[] type = new long[1];
        String[] name = {""};
        boolean[] external = new boolean[1];
        fields(
                from,
                to,
                field -> {
                    switch (field.number()) {
                        case 1 -> axes(field, shape);
                        case 2 -> type[0] = field.value();
                        case 8 -> name[0] = text(field);
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

    /// One axis, or several packed together.
    private void axes(Field field, List<Long> shape) {
        if (field.length() < 0) {
            shape.add(field.value());
            return;
        }
        long end = field.start() + field.length();
        long at = field.start();
        while (at >= 0 && at < end) {
            shape.add(varint(at, end));
            at = behindVarint(at, end);
        }
    }

    private void fact(Field entry, Map<String, String> facts) throws ModelFault {
        String[] halves = {"", ""};
        fields(
                entry.start(),
                entry.start() + entry.length(),
                field -> {
                    if (field.number() == 1 || field.number() == 2) {
                        halves[field.number() - 1] = text(field);
                    }
                });
        if (facts.put(halves[0], halves[1]) != null) {
            throw new ModelFault(
                    "a tensor in another file says twice what its %s is".formatted(halves[0]));
        }
    }

    private String text(Field field) {
        long length = Math.clamp(field.length(), 0, MAX_TEXT);
        byte[] bytes = file.asSlice(field.start(), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /// Walks through one message.
    private void fields(long from, long to, Taker taker) throws ModelFault {
        long at = from;
        while (at >= 0 && at < to) {
            int tag = (int) varint(at, to); // other readers, too, look at no more than 32 bits
            int number = tag >>> 3;
            at = behindVarint(at, to);
            switch (tag & 7) {
                case 0 -> {
                    taker.take(new Field(number, varint(at, to), Math.max(at, 0), -1));
                    at = behindVarint(at, to);
                }
                case 1 -> at = at < 0 ? -1 : at + 8;
                case 5 -> at = at < 0 ? -1 : at + 4;
                case 2 -> {
                    long length = varint(at, to);
                    long start = behindVarint(at, to);
                    if (start < 0 || length < 0 || length > to - start) {
                        return;
                    }
                    taker.take(new Field(number, 0, start, length));
                    at = start + length;
                }
                case 3, 4 ->
                        // Every other reader skips a group, whatever is in it.
                        throw new ModelFault(
                                "the file has a group in field %d, which no ONNX file has"
                                        .formatted(number));
                default -> {
                    return;
                }
            }
        }
    }

    private long varint(long from, long to) {
        long value = 0;
        for (int i = 0; i < 10 && from >= 0 && from + i < to; i++) {
            byte next = file.get(ValueLayout.JAVA_BYTE, from + i);
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }

    /// Where the next thing begins; -1 if the varint has no end.
    private long behindVarint(long from, long to) {
        for (int i = 0; i < 10 && from >= 0 && from + i < to; i++) {
            if (file.get(ValueLayout.JAVA_BYTE, from + i) >= 0) {
                return from + i + 1;
            }
        }
        return -1;
    }
}
