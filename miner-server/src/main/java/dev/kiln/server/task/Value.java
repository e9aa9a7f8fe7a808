package dev.kiln.server.task;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// One tensor of the Open Inference Protocol: numbers, or strings of bytes.
sealed interface Value {
    /// The protocol's word for strings of bytes.
    String BYTES = "BYTES";

    String name();

    String datatype();

    List<Long> shape();

    /// Bytes that its binary form fills.
    long binarySize();

    /// Puts the binary form: little-endian and row-major; strings behind their length in 4 bytes.
    void put(ByteBuffer into);

    /// Writes the elements as one flat list. Numbers that JSON does not have become `"NaN"`, `"Infinity"` and
    /// `"-Infinity"`.
    void write(JsonGenerator json) throws IOException;

    record Numbers(Tensor tensor) implements Value {
        @Override
        public String name() {
            return tensor.name();
        }

        @Override
        public String datatype() {
            return tensor.dtype().name();
        }

        @Override
        public List<Long> shape() {
            return tensor.shape();
        }

        @Override
        public long binarySize() {
            return tensor.data().remaining();
        }

        @Override
        public void put(ByteBuffer into) {
            into.put(tensor.data());
        }

        @Override
        public void write(JsonGenerator json) throws IOException {
            ByteBuffer data = tensor.data();
            DType dtype = tensor.dtype();
            json.writeStartArray();
            while (data.hasRemaining()) {
                switch (dtype) {
                    case BOOL -> json.writeBoolean(data.get() != 0);
                    case INT8 -> json.writeNumber(data.get());
                    case UINT8 -> json.writeNumber(data.get() & 0xFF);
                    case INT16 -> json.writeNumber(data.getShort());
                    case INT32 -> json.writeNumber(data.getInt());
                    case INT64 -> json.writeNumber(data.getLong());
                    case FP16 -> json.writeNumber(Float.float16ToFloat(data.getShort()));
                    case FP32 -> json.writeNumber(data.getFloat());
                    case FP64 -> json.writeNumber(data.getDouble());
                }
            }
            json.writeEndArray();
        }

        /// A tensor of FP32.
        static Numbers of(String name, List<Long> shape, float[]... rows) {
            long elements = 0;
            for (float[] row : rows) {
                elements += row.length;
            }
            ByteBuffer data =
                    ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES))
                            .order(ByteOrder.LITTLE_ENDIAN);
            for (float[] row : rows) {
                for (float each : row) {
                    data.putFloat(each);
                }
            }
            return new Numbers(new Tensor(name, DType.FP32, shape, data.flip()));
        }
    }

    record Strings(String name, List<Long> shape, List<byte[]> items) implements Value {
        @Override
        public String datatype() {
            return BYTES;
        }

        @Override
        public long binarySize() {
            long size = 0;
            for (byte[] item : items) {
                size += Integer.BYTES + item.length;
            }
            return size;
        }

        @Override
        public void put(ByteBuffer into) {
            for (byte[] item : items) {
                into.putInt(item.length).put(item);
            }
        }

        @Override
        public void write(JsonGenerator json) throws IOException {
            json.writeStartArray();
            for (byte[] item : items) {
                json.writeString(new String(item, StandardCharsets.UTF_8));
            }
            json.writeEndArray();
        }
    }
}
