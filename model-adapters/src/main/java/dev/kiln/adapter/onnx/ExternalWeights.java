package dev.kiln.adapter.onnx;

import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Finds the tensors of an ONNX file whose elements lie in another file. ONNX Runtime would open whatever path stands
/// there, so nobody may ask it before the path was looked at.
///
/// Reads just so much of the protocol buffer format as leads to tensors; what is no well-formed message is left to ONNX
/// Runtime, which refuses it.
final class ExternalWeights {
    private static final int MAX_DEPTH = 64;

    /// Where messages hold messages on the way from a model to its tensors.
    private enum Message {
        MODEL,
        GRAPH,
        NODE,
        ATTRIBUTE,
        FUNCTION,
        SPARSE,
        TENSOR,
        ENTRY,
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
                case TENSOR -> field == 13 ? ENTRY : NONE;
                case ENTRY, NONE -> NONE;
            };
        }
    }

    private final MemorySegment file;
    private final List<String> locations = new ArrayList<>();

    private ExternalWeights(MemorySegment file) {
        this.file = file;
    }

    /// The path of every other file that a tensor names, as it stands there.
    static List<String> locations(MemorySegment file) throws ModelFault {
        var reader = new ExternalWeights(file);
        reader.read(Message.MODEL, 0, file.byteSize(), 0);
        return reader.locations;
    }

    private void read(Message message, long from, long to, int depth) throws ModelFault {
        if (depth > MAX_DEPTH) {
            throw new ModelFault("the graph is nested more than %d deep".formatted(MAX_DEPTH));
        }
        long at = from;
        String key = "";
        while (at >= 0 && at < to) {
            long tag = varint(at, to);
            at = behindVarint(at, to);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case 0 -> at = behindVarint(at, to);
                case 1 -> at += 8;
                case 5 -> at += 4;
                case 2 -> {
                    long length = varint(at, to);
                    long start = behindVarint(at, to);
                    if (start < 0 || length < 0 || length > to - start) {
                        return;
                    }
                    if (message == Message.ENTRY) {
                        key = entry(field, key, start, length);
                    } else if (message.inside(field) != Message.NONE) {
                        read(message.inside(field), start, start + length, depth + 1);
                    }
                    at = start + length;
                }
                default -> {
                    return;
                }
            }
        }
    }

    /// One half of a key and its value; the key comes first, as every writer puts it. A value without is noted too.
    private String entry(int field, String key, long start, long length) {
        String text =
                new String(
                        file.asSlice(start, Math.min(length, 4096)).toArray(ValueLayout.JAVA_BYTE),
                        StandardCharsets.UTF_8);
        if (field == 1) {
            return text;
        }
        if (field == 2 && (key.equals("location") || key.isEmpty())) {
            locations.add(text);
        }
        return key;
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
