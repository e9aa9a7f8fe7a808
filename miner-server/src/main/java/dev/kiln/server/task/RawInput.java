package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import dev.kiln.core.Refused;
import dev.kiln.core.model.DType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// A body that is nothing but one tensor's bytes; its shape follows from their number. For strings it is one string.
final class RawInput {
    private RawInput() {}

    static Value read(Spoken.Port port, ByteBuffer body) throws Refused {
        if (port.datatype().equals(Value.BYTES)) {
            byte[] all = new byte[body.remaining()];
            body.get(all);
            return new Value.Strings(port.name(), List.of(1L), List.of(all));
        }
        long known = DType.valueOf(port.datatype()).bytes();
        int open = -1;
        List<Long> shape = new ArrayList<>(port.shape());
        for (int i = 0; i < shape.size(); i++) {
            if (shape.get(i) >= 0) {
                known *= shape.get(i);
            } else if (open >= 0) {
                throw bad(
                        "a body without JSON needs a shape with one open axis at most, %s has %s"
                                .formatted(port.name(), port.shape()));
            } else {
                open = i;
            }
        }
        if (open >= 0) {
            shape.set(open, known == 0 ? 0 : body.remaining() / known);
        }
        return ValueReader.of(port.name(), port.datatype(), shape).binary(body);
    }
}
