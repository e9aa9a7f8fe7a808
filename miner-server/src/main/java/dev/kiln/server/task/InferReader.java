package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The parse of an `infer`'s JSON and of the bytes behind it; one use.
///
/// Inputs may have their fields in any order: data that stands before what it is, is passed over and read again.
final class InferReader {
    private static final int MOST_TENSORS = 256;
    private static final int MOST_AXES = 12;
    private static final int LONGEST_WORD = 256;

    private final JsonParser json;
    private final CharBuffer chars;
    private final ByteBuffer bytes;
    private final List<Value> inputs = new ArrayList<>();
    private final List<InferRequest.Wanted> outputs = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private @Nullable String id;
    private boolean binary;

    InferReader(JsonParser json, CharBuffer chars, ByteBuffer bytes) {
        this.json = json;
        this.chars = chars;
        this.bytes = bytes;
    }

    InferRequest read() throws IOException, Refused {
        if (json.nextToken() != JsonToken.START_OBJECT) {
            throw bad("the body must be a JSON object");
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "id" -> id = text(value, "id");
                case "inputs" -> each(value, "inputs", this::input);
                case "outputs" -> each(value, "outputs", this::output);
                case "parameters" -> parameters(value, this::ofRequest);
                default -> json.skipChildren();
            }
        }
        if (json.nextToken() != null) {
            throw bad("something follows the JSON object");
        }
        if (bytes.hasRemaining()) {
            throw bad("%d bytes follow that no input claims".formatted(bytes.remaining()));
        }
        return new InferRequest(
                Optional.ofNullable(id), List.copyOf(inputs), List.copyOf(outputs), binary);
    }

    private interface Item {
        void read() throws IOException, Refused;
    }

    private interface Parameter {
        void read(String name, JsonToken value) throws IOException, Refused;
    }

    private void each(JsonToken value, String place, Item item) throws IOException, Refused {
        if (value != JsonToken.START_ARRAY) {
            throw bad(place + " must be a list");
        }
        names.clear();
        int many = 0;
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (json.currentToken() != JsonToken.START_OBJECT) {
                throw bad("%s[%d] must be a JSON object".formatted(place, many));
            }
            if (++many > MOST_TENSORS) {
                throw bad("%s may have %d entries".formatted(place, MOST_TENSORS));
            }
            item.read();
        }
    }

    private void parameters(JsonToken value, Parameter parameter) throws IOException, Refused {
        if (value != JsonToken.START_OBJECT) {
            throw bad("parameters must be a JSON object");
        }
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            parameter.read(name, json.nextToken());
            json.skipChildren();
        }
    }

    private void ofRequest(String name, JsonToken value) throws Refused {
        switch (name) {
            case "binary_data_output" -> binary = flag(value, name);
            case "sequence_id", "sequence_start", "sequence_end" ->
                    throw bad(
                            "sequences are not kept here: give the model's state back as an input");
            default -> {}
        }
    }

    private void input() throws IOException, Refused {
        var input = new Input();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "name" -> input.name = text(value, "an input's name");
                case "datatype" -> input.datatype = text(value, "datatype");
                case "shape" -> input.shape = shape(value);
                case "parameters" -> parameters(value, input::parameter);
                case "data" -> input.data(value);
                default -> json.skipChildren();
            }
        }
        Value read = input.value();
        if (!names.add(read.name())) {
            throw bad("input %s stands twice".formatted(read.name()));
        }
        inputs.add(read);
    }

    /// One input while it is read, whatever the order of its fields.
    private final class Input {
        private String name = "";
        private String datatype = "";
        private @Nullable List<Long> shape;
        private int size = -1;
        private boolean base64;
        private @Nullable Value read;

        /// Where `data` begins and ends, if it is still to be read.
        private int begin = -1;

        private int end;

        void parameter(String key, JsonToken value) throws IOException, Refused {
            if (key.equals("binary_data_size")) {
                size = (int) whole(value, key, bytes.remaining());
            } else if (key.equals("content_type")) {
                base64 = text(value, key).equals("base64");
            } else if (key.startsWith("shared_memory_")) {
                throw noSharedMemory();
            }
        }

        void data(JsonToken value) throws IOException, Refused {
            if (value != JsonToken.START_ARRAY) {
                throw bad("data must be a list");
            }
            List<Long> known = shape;
            boolean ready = known != null && !name.isEmpty() && !datatype.isEmpty();
            // Strings wait, too: how they are spelled may be said behind them.
            if (ready && !datatype.equals(Value.BYTES)) {
                read =
                        ValueReader.of(name, datatype, Objects.requireNonNull(known))
                                .json(json, left(), false);
            } else {
                begin = (int) json.currentTokenLocation().getCharOffset();
                json.skipChildren();
                end = (int) json.currentTokenLocation().getCharOffset() + 1;
            }
        }

        private long left() {
            return chars.remaining() - json.currentTokenLocation().getCharOffset();
        }

        Value value() throws IOException, Refused {
            List<Long> known = shape;
            if (name.isEmpty() || datatype.isEmpty() || known == null) {
                throw bad("an input needs name, datatype and shape");
            }
            boolean inJson = read != null || begin >= 0;
            if (inJson == (size >= 0)) {
                throw bad(
                        "input %s needs its data or a binary_data_size, and not both"
                                .formatted(name));
            }
            var reader = ValueReader.of(name, datatype, known);
            if (size >= 0) {
                ByteBuffer own = bytes.slice(bytes.position(), size);
                bytes.position(bytes.position() + size);
                return reader.binary(own);
            }
            Value early = read;
            if (early != null) {
                return early;
            }
            try (JsonParser data = StrictJson.parser(chars.slice(begin, end - begin))) {
                data.nextToken();
                return reader.json(data, end - begin, base64);
            }
        }
    }

    private void output() throws IOException, Refused {
        String output = "";
        var asked = new Asked();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
            JsonToken value = json.nextToken();
            switch (name) {
                case "name" -> output = text(value, "an output's name");
                case "parameters" -> parameters(value, asked::parameter);
                default -> json.skipChildren();
            }
        }
        if (output.isEmpty()) {
            throw bad("an output needs its name");
        }
        if (!names.add(output)) {
            throw bad("output %s stands twice".formatted(output));
        }
        outputs.add(
                new InferRequest.Wanted(output, Optional.ofNullable(asked.binary), asked.classes));
    }

    /// What is asked of one output.
    private final class Asked {
        private @Nullable Boolean binary;
        private int classes;

        void parameter(String name, JsonToken value) throws IOException, Refused {
            if (name.equals("binary_data")) {
                binary = flag(value, name);
            } else if (name.equals("classification")) {
                classes = (int) whole(value, name, Integer.MAX_VALUE);
            } else if (name.startsWith("shared_memory_")) {
                throw noSharedMemory();
            }
        }
    }

    private static Refused noSharedMemory() {
        return bad("no memory is shared with callers here: send the tensor");
    }

    private List<Long> shape(JsonToken value) throws IOException, Refused {
        if (value != JsonToken.START_ARRAY) {
            throw bad("shape must be a list of whole numbers");
        }
        List<Long> axes = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            if (axes.size() == MOST_AXES) {
                throw bad("a shape may have %d axes".formatted(MOST_AXES));
            }
            axes.add(whole(json.currentToken(), "an axis", Long.MAX_VALUE));
        }
        return axes;
    }

    private long whole(@Nullable JsonToken value, String place, long most)
            throws IOException, Refused {
        if (value != JsonToken.VALUE_NUMBER_INT) {
            throw bad(place + " must be a whole number");
        }
        long number = json.getLongValue();
        if (number < 0 || number > most) {
            throw bad("%s is %d, must be from 0 to %d".formatted(place, number, most));
        }
        return number;
    }

    private String text(JsonToken value, String place) throws IOException, Refused {
        if (value != JsonToken.VALUE_STRING) {
            throw bad(place + " must be a string");
        }
        String text = json.getText();
        if (text.length() > LONGEST_WORD) {
            throw bad("%s may have %d characters".formatted(place, LONGEST_WORD));
        }
        return StrictJson.whole(text, place);
    }

    private static boolean flag(JsonToken value, String place) throws Refused {
        return switch (value) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> throw bad(place + " must be true or false");
        };
    }
}
