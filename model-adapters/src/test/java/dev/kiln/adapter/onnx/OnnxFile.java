package dev.kiln.adapter.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// Writes small ONNX files, for tests: the protocol buffer format by hand, so that a test can also write a wrong one.
public final class OnnxFile {
    /// Element types by ONNX's numbers.
    public static final int FLOAT = 1;

    public static final int INT64 = 7;

    private final Message graph = new Message();
    private final Message opsets = new Message();

    public OnnxFile() {
        this(21);
    }

    /// @param opset of ONNX's own operators
    public OnnxFile(int opset) {
        opset("", opset);
        graph.text(2, "test");
    }

    public OnnxFile opset(String domain, int version) {
        opsets.message(8, new Message().text(1, domain).number(2, version));
        return this;
    }

    /// Declares an input.
    ///
    /// @param axes numbers, or names of open axes
    public OnnxFile input(String name, int type, Object... axes) {
        graph.message(11, value(name, type, axes));
        return this;
    }

    public OnnxFile output(String name, int type, Object... axes) {
        graph.message(12, value(name, type, axes));
        return this;
    }

    public OnnxFile node(String domain, String op, List<String> inputs, List<String> outputs) {
        var node = new Message();
        inputs.forEach(input -> node.text(1, input));
        outputs.forEach(output -> node.text(2, output));
        graph.message(1, node.text(4, op).text(7, domain));
        return this;
    }

    public OnnxFile node(String op, List<String> inputs, String output) {
        return node("", op, inputs, List.of(output));
    }

    public OnnxFile weights(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        graph.message(5, tensor(name, FLOAT, shape).bytes(9, bytes.array()));
        return this;
    }

    /// A scalar, int64.
    public OnnxFile integer(String name, long value) {
        byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
        graph.message(5, tensor(name, INT64).bytes(9, bytes));
        return this;
    }

    /// Weights that lie in another file.
    public OnnxFile externalWeights(String name, String location, long... shape) {
        return externalWeights(name, Map.of("location", location), shape);
    }

    /// Weights that lie in another file.
    ///
    /// @param facts where, by ONNX's words
    public OnnxFile externalWeights(String name, Map<String, String> facts, long... shape) {
        Message tensor = tensor(name, FLOAT, shape);
        facts.forEach(
                (key, value) -> tensor.message(13, new Message().text(1, key).text(2, value)));
        graph.message(5, tensor.number(14, 1));
        return this;
    }

    /// A node whose attribute lies in another file.
    public OnnxFile externalConstant(String name, String location, long... shape) {
        var where = new Message().text(1, "location").text(2, location);
        Message tensor = tensor(name, FLOAT, shape).message(13, where).number(14, 1);
        var attribute = new Message().text(1, "value").number(20, 4).message(5, tensor);
        graph.message(1, new Message().text(2, name).text(4, "Constant").message(5, attribute));
        return this;
    }

    /// A group, as protocol buffers had them once and every reader still skips.
    public OnnxFile group() {
        graph.write(((99 << 3) & 0x7F) | 0x80 | 3);
        graph.write(99 << 3 >> 7);
        graph.write(((99 << 3) & 0x7F) | 0x80 | 4);
        graph.write(99 << 3 >> 7);
        return this;
    }

    public byte[] bytes() {
        return new Message()
                .number(1, 10)
                .text(2, "kiln")
                .message(7, graph)
                .raw(opsets.toByteArray())
                .toByteArray();
    }

    /// `y = relu(x · w + b)`, with the batch as open axis.
    public static byte[] dense(float[] w, float[] b) {
        int width = w.length / b.length;
        return new OnnxFile()
                .input("x", FLOAT, "n", width)
                .output("y", FLOAT, "n", b.length)
                .weights("w", w, width, b.length)
                .weights("b", b, b.length)
                .node("MatMul", List.of("x", "w"), "xw")
                .node("Add", List.of("xw", "b"), "xwb")
                .node("Relu", List.of("xwb"), "y")
                .bytes();
    }

    private static Message tensor(String name, int type, long... shape) {
        var tensor = new Message();
        for (long axis : shape) {
            tensor.number(1, axis);
        }
        return tensor.number(2, type).text(8, name);
    }

    private static Message value(String name, int type, Object... axes) {
        var shape = new Message();
        for (Object axis : axes) {
            shape.message(
                    1,
                    axis instanceof Number number
                            ? new Message().number(1, number.longValue())
                            : new Message().text(2, axis.toString()));
        }
        var tensor = new Message().number(1, type).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /// One message of the protocol buffer format.
    private static final class Message extends ByteArrayOutputStream {
        Message number(int field, long value) {
            varint(field << 3);
            varint(value);
            return this;
        }

        Message bytes(int field, byte[] value) {
            varint((field << 3) | 2);
            varint(value.length);
            return raw(value);
        }

        Message text(int field, String value) {
            return bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }

        Message message(int field, Message value) {
            return bytes(field, value.toByteArray());
        }

        Message raw(byte[] value) {
            writeBytes(value);
            return this;
        }

        private void varint(long value) {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                write((int) ((rest & 0x7F) | 0x80));
                rest >>>= 7;
            }
            write((int) rest);
        }
    }
}
