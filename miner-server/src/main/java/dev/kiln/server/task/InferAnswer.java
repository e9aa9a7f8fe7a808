package dev.kiln.server.task;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Header;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An `infer` that was understood, and its answer: JSON, and behind it the bytes of what was asked for in binary form.
record InferAnswer(String model, Spoken spoken, InferRequest request, List<ModelInput> inputs)
        implements Task.Question {
    private static final int AROUND = 512;
    private static final int CHARS_PER_BYTE = 4;

    /// An output on its way.
    private record Out(Value value, boolean binary) {}

    @Override
    public Reply encode(List<ModelOutput> outputs) {
        List<Out> out = chosen(spoken.write(outputs));
        long binary = 0;
        long text = 0;
        for (Out each : out) {
            if (each.binary) {
                binary += each.value.binarySize();
            } else {
                text += each.value.binarySize();
            }
        }
        var bytes =
                new ByteArrayOutputStream((int) Math.min(1 << 30, AROUND + text * CHARS_PER_BYTE));
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            write(out, json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (out.stream().noneMatch(Out::binary)) {
            return new Reply(200, "application/json", bytes.toByteArray());
        }
        ByteBuffer body =
                ByteBuffer.allocate(Math.toIntExact(bytes.size() + binary))
                        .order(ByteOrder.LITTLE_ENDIAN);
        body.put(bytes.toByteArray());
        for (Out each : out) {
            if (each.binary) {
                each.value.put(body);
            }
        }
        var head = new Header(InferRequest.HEADER, Integer.toString(bytes.size()));
        return new Reply(200, "application/octet-stream", List.of(head), body.array());
    }

    /// What was asked for, in the order in which it was; all where nothing was.
    private List<Out> chosen(List<Value> all) {
        if (request.outputs().isEmpty()) {
            return all.stream().map(value -> new Out(value, request.binary())).toList();
        }
        List<Out> out = new ArrayList<>();
        for (InferRequest.Wanted wanted : request.outputs()) {
            for (Value value : all) {
                if (value.name().equals(wanted.name())) {
                    out.add(
                            new Out(
                                    wanted.classes() > 0
                                            ? spoken.classes(value, wanted.classes())
                                            : value,
                                    wanted.binary().orElse(request.binary())));
                }
            }
        }
        return out;
    }

    private void write(List<Out> out, JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("model_name", model);
        json.writeStringField("model_version", OpenInferenceTask.VERSION);
        Optional<String> id = request.id();
        if (id.isPresent()) {
            json.writeStringField("id", id.get());
        }
        json.writeArrayFieldStart("outputs");
        for (Out each : out) {
            json.writeStartObject();
            json.writeStringField("name", each.value.name());
            json.writeStringField("datatype", each.value.datatype());
            json.writeArrayFieldStart("shape");
            for (long axis : each.value.shape()) {
                json.writeNumber(axis);
            }
            json.writeEndArray();
            if (each.binary) {
                json.writeObjectFieldStart("parameters");
                json.writeNumberField("binary_data_size", each.value.binarySize());
                json.writeEndObject();
            } else {
                json.writeFieldName("data");
                each.value.write(json);
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }
}
