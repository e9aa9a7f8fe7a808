package dev.kiln.adapter.onnx;

import dev.kiln.core.model.ModelFault;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads messages of the protocol buffer format where they lie, field after field. A message that is cut off ends there:
/// it is left to ONNX Runtime, which refuses it. What another reader might read in another way is refused here.
///
/// **Threads:** any number at once.
record ProtoReader(MemorySegment file) {
    /// Longest name, path or number that is read.
    private static final int MAX_TEXT = 4096;

    /// One field of a message: a number, or where its bytes lie.
    ///
    /// @param length -1 for a number
    record Field(int number, long value, long start, long length) {
        long end() {
            return start + Math.max(0, length);
        }
    }

    /// Takes a message's fields in their order.
    @FunctionalInterface
    interface Taker {
        void take(Field field) throws ModelFault;
    }

    /// The whole file, as a field would hold it.
    Field whole() {
        return new Field(0, 0, 0, file.byteSize());
    }

    /// Walks through the message that a field holds.
    void fields(Field field, Taker taker) throws ModelFault {
        fields(field.start(), field.end(), taker);
    }

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

    /// A number, or several packed together.
    List<Long> numbers(Field field) {
        List<Long> numbers = new ArrayList<>();
        if (field.length() < 0) {
            numbers.add(field.value());
        }
        long end = field.end();
        long at = field.start();
        while (at >= 0 && at < end) {
            numbers.add(varint(at, end));
            at = behindVarint(at, end);
        }
        return numbers;
    }

    String text(Field field) {
        long length = Math.clamp(field.length(), 0, MAX_TEXT);
        byte[] bytes = file.asSlice(field.start(), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
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
