package dev.kiln.adapter.pytorch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Writes small TorchScript files, for tests: one class, float parameters, methods in TorchScript's own Python.
public final class TorchFile {
    private final List<Parameter> parameters = new ArrayList<>();
    private final StringBuilder methods = new StringBuilder();

    /// A parameter of the module.
    public TorchFile weights(String name, float[] values, long... shape) {
        parameters.add(new Parameter(name, values, shape));
        return this;
    }

    /// A method.
    ///
    /// @param arguments names and types, without `self`
    /// @param body lines of code
    public TorchFile method(String name, String arguments, String result, String... body) {
        methods.append(
                "  def %s(self: __torch__.M,\n    %s) -> %s:\n".formatted(name, arguments, result));
        for (String line : body) {
            methods.append("    ").append(line).append('\n');
        }
        return this;
    }

    /// `relu(x · w + b)`.
    public static byte[] dense(float[] w, float[] b) {
        return new TorchFile()
                .weights("w", w, w.length / b.length, b.length)
                .weights("b", b, b.length)
                .method(
                        "forward",
                        "x: Tensor",
                        "Tensor",
                        "w = self.w",
                        "b = self.b",
                        "return torch.relu(torch.add(torch.matmul(x, w), b))")
                .bytes();
    }

    public byte[] bytes() {
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            zip.setMethod(ZipOutputStream.STORED);
            put(zip, "data.pkl", pickle());
            put(zip, "code/__torch__.py", code().getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < parameters.size(); i++) {
                float[] values = parameters.get(i).values();
                var data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
                data.asFloatBuffer().put(values);
                put(zip, "data/" + i, data.array());
            }
            put(zip, "constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'});
            put(zip, "version", "3\n".getBytes(StandardCharsets.UTF_8));
            put(zip, "byteorder", "little".getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry("m/" + name);
        var crc = new CRC32();
        crc.update(content);
        entry.setCrc(crc.getValue());
        entry.setSize(content.length);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private String code() {
        var names = new StringBuilder();
        var types = new StringBuilder();
        for (Parameter parameter : parameters) {
            names.append('"').append(parameter.name()).append("\", ");
            types.append("  ").append(parameter.name()).append(" : Tensor\n");
        }
        return "class M(Module):\n  __parameters__ = [%s]\n  __buffers__ = []\n%s  training : bool\n%s"
                .formatted(names, types, methods);
    }

    /// The module's attributes as Python's pickle, protocol 2.
    private byte[] pickle() {
        var pickle = new Pickle().raw(0x80, 2).global("__torch__", "M").raw(')', 0x81, '}', '(');
        for (int i = 0; i < parameters.size(); i++) {
            Parameter parameter = parameters.get(i);
            pickle.text(parameter.name()).global("torch._utils", "_rebuild_tensor_v2").raw('(');
            pickle.raw('(')
                    .text("storage")
                    .global("torch", "FloatStorage")
                    .text(Integer.toString(i))
                    .text("cpu")
                    .number(parameter.values().length)
                    .raw('t', 'Q')
                    .number(0)
                    .tuple(parameter.shape())
                    .tuple(parameter.strides())
                    .raw(0x89)
                    .global("collections", "OrderedDict")
                    .raw(')', 'R', 't', 'R');
        }
        return pickle.text("training").raw(0x89, 'u', 'b', '.').toByteArray();
    }

    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    private record Parameter(String name, float[] values, long[] shape) {
        long[] strides() {
            long[] strides = new long[shape.length];
            long stride = 1;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                strides[axis] = stride;
                stride *= shape[axis];
            }
            return strides;
        }
    }

    private static final class Pickle extends ByteArrayOutputStream {
        Pickle raw(int... codes) {
            for (int code : codes) {
                write(code);
            }
            return this;
        }

        Pickle global(String module, String name) {
            writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
            return this;
        }

        Pickle text(String text) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            write('X');
            littleEndian(bytes.length);
            writeBytes(bytes);
            return this;
        }

        Pickle number(long number) {
            write('J');
            littleEndian((int) number);
            return this;
        }

        Pickle tuple(long... numbers) {
            write('(');
            for (long number : numbers) {
                number(number);
            }
            write('t');
            return this;
        }

        private void littleEndian(int value) {
            writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
        }
    }
}
