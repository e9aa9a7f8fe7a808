package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import dev.kiln.core.Refused;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the content of one tensor, whose name, type and shape are known, from JSON or from its binary form. Memory is
/// asked for only once enough characters or bytes are there to fill it.
///
/// @param name shown in refusals
/// @param dtype null for strings of bytes
/// @param elements the product of the shape
record ValueReader(String name, @Nullable DType dtype, List<Long> shape, long elements) {
    /// @throws Refused if there is no such type, or the shape is beyond counting
    static ValueReader of(String name, String datatype, List<Long> shape) throws Refused {
        DType dtype = null;
        if (!datatype.equals(Value.BYTES)) {
            dtype = dtype(name, datatype);
        }
        try {
            // As for the widest type: what is beyond that, is beyond everything.
            long bytes = Tensor.bytes(DType.FP64, shape);
            return new ValueReader(name, dtype, shape, bytes / DType.FP64.bytes());
        } catch (IllegalArgumentException _) {
            throw bad("input %s: %s are too many elements".formatted(name, shape));
        }
    }

    private static DType dtype(String name, String datatype) throws Refused {
        for (DType each : DType.values()) {
            if (each.name().equals(datatype)) {
                return each;
            }
        }
        throw bad(
                "input %s: datatype must be BYTES or one of %s"
                        .formatted(name, List.of(DType.values())));
    }

    /// Reads the binary form.
    ///
    /// @param data from its position to its limit, all of it
    Value binary(ByteBuffer data) throws Refused {
        if (dtype == null) {
            return strings(data);
        }
        if (data.remaining() != elements * dtype.bytes()) {
            throw bad(
                    "input %s: %s %s is %d bytes, binary_data_size is %d"
                            .formatted(
                                    name,
                                    dtype,
                                    shape,
                                    elements * dtype.bytes(),
                                    data.remaining()));
        }
        if (dtype == DType.BOOL) {
            for (int i = data.position(); i < data.limit(); i++) {
                if ((data.get(i) & ~1) != 0) {
                    throw bad("input %s: a byte of BOOL must be 0 or 1".formatted(name));
                }
            }
        }
        return new Value.Numbers(new Tensor(name, dtype, shape, data));
    }

    private Value strings(ByteBuffer data) throws Refused {
        if (elements > data.remaining() / Integer.BYTES) {
            throw tooFew();
        }
        ByteBuffer rest = data.order(ByteOrder.LITTLE_ENDIAN);
        List<byte[]> items = new ArrayList<>((int) elements);
        for (long i = 0; i < elements; i++) {
            if (rest.remaining() < Integer.BYTES) {
                throw tooFew();
            }
            long length = rest.getInt() & 0xFFFF_FFFFL;
            if (length > rest.remaining()) {
                throw bad(
                        "input %s: string %d says that it has %d bytes, there are %d"
                                .formatted(name, i, length, rest.remaining()));
            }
            byte[] item = new byte[(int) length];
            rest.get(item);
            items.add(item);
        }
        if (rest.hasRemaining()) {
            throw bad(
                    "input %s: %d bytes behind its last string".formatted(name, rest.remaining()));
        }
        return new Value.Strings(name, shape, items);
    }

    private Refused tooFew() {
        return bad("input %s: there is less data than %s needs".formatted(name, shape));
    }

    /// Reads a JSON array, flat or nested as the shape is; the parser stands at its beginning.
    ///
    /// @param chars those that are left of the body; each element takes two at least, the last one included
    /// @param base64 whether strings are base64 of what is meant
    Value json(JsonParser json, long chars, boolean base64) throws IOException, Refused {
        if (elements > chars / 2) {
            throw tooFew();
        }
        var nest = new Nest(name, shape, elements);
        if (dtype == null) {
            List<byte[]> items = new ArrayList<>();
            while (nest.element(json)) {
                items.add(string(json, base64));
            }
            nest.requireAll(Value.BYTES, items.size());
            return new Value.Strings(name, shape, items);
        }
        ByteBuffer data =
                ByteBuffer.allocate(Math.toIntExact(elements * dtype.bytes()))
                        .order(ByteOrder.LITTLE_ENDIAN);
        long read = 0;
        while (nest.element(json)) {
            if (read++ == elements) {
                break;
            }
            put(dtype, json, data);
        }
        nest.requireAll(dtype.name(), read);
        return new Value.Numbers(new Tensor(name, dtype, shape, data.flip()));
    }

    private byte[] string(JsonParser json, boolean base64) throws IOException, Refused {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("input %s: every element must be a string".formatted(name));
        }
        String text = StrictJson.whole(json.getText(), "input " + name);
        try {
            return base64
                    ? Base64.getDecoder().decode(text)
                    : text.getBytes(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            throw bad("input %s: a string is not base64".formatted(name));
        }
    }

    private void put(DType type, JsonParser json, ByteBuffer data) throws IOException, Refused {
        switch (type) {
            case BOOL -> data.put(truth(json));
            case INT8 -> data.put((byte) whole(json, Byte.MIN_VALUE, Byte.MAX_VALUE));
            case UINT8 -> data.put((byte) whole(json, 0, 255));
            case INT16 -> data.putShort((short) whole(json, Short.MIN_VALUE, Short.MAX_VALUE));
            case INT32 -> data.putInt((int) whole(json, Integer.MIN_VALUE, Integer.MAX_VALUE));
            case INT64 -> data.putLong(whole(json, Long.MIN_VALUE, Long.MAX_VALUE));
            case FP16 -> data.putShort(half(number(json).getDoubleValue()));
            case FP32 -> {
                float value = number(json).getFloatValue();
                requireFinite(value);
                data.putFloat(value);
            }
            case FP64 -> {
                double value = number(json).getDoubleValue();
                requireFinite(value);
                data.putDouble(value);
            }
        }
    }

    private byte truth(JsonParser json) throws Refused {
        return switch (json.currentToken()) {
            case VALUE_TRUE -> 1;
            case VALUE_FALSE -> 0;
            case null, default ->
                    throw bad("input %s: every element must be true or false".formatted(name));
        };
    }

    private long whole(JsonParser json, long least, long most) throws IOException, Refused {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw bad("input %s: every element must be a whole number".formatted(name));
        }
        try {
            long value = json.getLongValue();
            if (value >= least && value <= most) {
                return value;
            }
        } catch (InputCoercionException _) {
            // Falls through: it is beyond every type.
        }
        throw unfit();
    }

    private JsonParser number(JsonParser json) throws Refused {
        if (json.currentToken() != JsonToken.VALUE_NUMBER_FLOAT
                && json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw bad("input %s: every element must be a number".formatted(name));
        }
        return json;
    }

    private void requireFinite(double value) throws Refused {
        if (!Double.isFinite(value)) {
            throw unfit();
        }
    }

    private Refused unfit() {
        return bad("input %s: a number is beyond %s".formatted(name, dtype));
    }

    /// The nearest half, ties to even. Through a float alone, a number beside a tie would be rounded twice.
    private short half(double value) throws Refused {
        float near = (float) value;
        if (near != value && (Float.floatToRawIntBits(near) & 1) == 0) {
            // The odd neighbour on the number's side keeps it off every tie.
            near = near < value ? Math.nextUp(near) : Math.nextDown(near);
        }
        short half = Float.floatToFloat16(near);
        if (!Float.isFinite(Float.float16ToFloat(half))) {
            throw unfit();
        }
        return half;
    }
}
