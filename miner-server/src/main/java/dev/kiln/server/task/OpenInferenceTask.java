package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The Open Inference Protocol, version 2, with Triton's extensions of binary data and of classification: every model
/// whatever its purpose, asked in tensors.
public final class OpenInferenceTask implements Task {
    static final String NAME = "open-inference";

    /// Models are told apart by their names; which weights ran, the receipt says.
    static final String VERSION = "1";

    private static final int MOST_PARTS = 8;
    private static final Set<String> MEDIA = Set.of("application/json", "application/octet-stream");

    private final Setting setting;
    private final Choice<Purpose> models;

    public OpenInferenceTask(Setting setting) {
        this.setting = setting;
        this.models = new Choice<>(setting.models(), Purpose.class);
    }

    @Override
    public String name() {
        return setting.name();
    }

    @Override
    public Set<String> media() {
        return MEDIA;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        String path = asked.head().target().split("\\?", 2)[0];
        String below = path.substring(Math.min(path.length(), setting.path().length()));
        List<String> parts =
                below.isEmpty() ? List.of() : List.of(below.substring(1).split("/", MOST_PARTS));
        if (parts.isEmpty()) {
            requireGet(asked);
            return page(OpenInferenceTask::server);
        }
        if (parts.equals(List.of("repository", "index"))) {
            return page(json -> index(setting.models().get(), setting.answers(), json));
        }
        if (parts.size() < 2 || !parts.getFirst().equals("models")) {
            throw unknown();
        }
        var chosen = models.of(Optional.of(parts.get(1)));
        List<String> rest = withoutVersion(parts.subList(2, parts.size()));
        if (rest.equals(List.of("infer"))) {
            requireMethod(asked, "POST");
            return infer(chosen, asked);
        }
        if (rest.contains("")) {
            throw unknown();
        }
        requireGet(asked);
        Spoken spoken = Spoken.of(chosen.purpose());
        return switch (String.join("/", rest)) {
            case "" -> page(json -> model(chosen.model(), spoken, json));
            case "ready" -> ready(chosen.name(), setting.answers().test(chosen.name()));
            case "config" -> page(json -> config(chosen.model(), spoken, json));
            default -> throw unknown();
        };
    }

    private static List<String> withoutVersion(List<String> parts) throws Refused {
        if (parts.isEmpty() || !parts.getFirst().equals("versions")) {
            return parts;
        }
        if (parts.size() < 2 || !parts.get(1).equals(VERSION)) {
            throw new Refused(
                    Refusal.TASK_UNKNOWN_MODEL, "every model has version 1 and no other here");
        }
        return parts.subList(2, parts.size());
    }

    private static Refused unknown() {
        return new Refused(Refusal.TASK_UNKNOWN, "nothing is served under this path");
    }

    private static void requireMethod(Asked asked, String method) throws Refused {
        if (!asked.head().method().equals(method)) {
            throw new Refused(Refusal.TASK_BAD_METHOD, "this path takes " + method);
        }
    }

    private static void requireGet(Asked asked) throws Refused {
        requireMethod(asked, "GET");
        if (asked.body().length > 0) {
            throw bad("this path takes no body");
        }
    }

    private Question infer(Choice.Chosen<Purpose> chosen, Asked asked) throws Refused {
        Spoken spoken = Spoken.of(chosen.purpose());
        InferRequest request = request(spoken, asked);
        Map<String, Value> given = new HashMap<>();
        for (Value value : request.inputs()) {
            Spoken.Port port =
                    spoken.inputs().stream()
                            .filter(each -> each.name().equals(value.name()))
                            .findFirst()
                            .orElseThrow(() -> noSuch("input", value.name(), spoken.inputs()));
            port.require(value);
            given.put(value.name(), value);
        }
        for (Spoken.Port port : spoken.inputs()) {
            if (!port.optional() && !given.containsKey(port.name())) {
                throw bad("input %s is missing".formatted(port.name()));
            }
        }
        for (InferRequest.Wanted wanted : request.outputs()) {
            if (spoken.output(wanted.name()).isEmpty()) {
                throw noSuch("output", wanted.name(), spoken.outputs());
            }
            if (wanted.classes() > 0 && spoken.labels().isEmpty()) {
                throw bad("output %s has no labels to classify by".formatted(wanted.name()));
            }
        }
        List<ModelInput> inputs = spoken.read(given, setting.limits());
        return new InferAnswer(chosen.name(), spoken, request, inputs);
    }

    /// A body without any JSON is the one input's bytes.
    private static InferRequest request(Spoken spoken, Asked asked) throws Refused {
        boolean raw =
                !asked.head().values(InferRequest.HEADER).isEmpty()
                        && InferRequest.jsonSize(asked.head(), asked.body()) == 0;
        if (!raw) {
            return InferRequest.read(asked.head(), asked.body());
        }
        if (spoken.inputs().size() != 1) {
            throw bad("a body without JSON needs a model with one input");
        }
        Value value = RawInput.read(spoken.inputs().getFirst(), ByteBuffer.wrap(asked.body()));
        return new InferRequest(Optional.empty(), List.of(value), List.of(), false);
    }

    private static Refused noSuch(String what, String name, List<Spoken.Port> ports) {
        List<String> known = ports.stream().map(Spoken.Port::name).toList();
        return bad(
                "the model has no %s %s; it has %s"
                        .formatted(what, name, String.join(", ", known)));
    }

    /// Writes the body of one page.
    @FunctionalInterface
    private interface Writing {
        void write(JsonGenerator json) throws IOException;
    }

    private static Question page(Writing writing) {
        return page(200, writing);
    }

    private static Question page(int status, Writing writing) {
        var bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            writing.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(new Reply(status, "application/json", bytes.toByteArray()));
    }

    private static void server(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", "kiln");
        json.writeStringField("version", "0.1.0");
        json.writeArrayFieldStart("extensions");
        json.writeString("binary_tensor_data");
        json.writeString("classification");
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void index(List<ModelInfo> models, Predicate<String> answers, JsonGenerator json)
            throws IOException {
        json.writeStartArray();
        for (ModelInfo model : models) {
            json.writeStartObject();
            json.writeStringField("name", model.name());
            json.writeStringField("version", VERSION);
            boolean up = answers.test(model.name());
            json.writeStringField("state", up ? "READY" : "UNAVAILABLE");
            if (!up) {
                json.writeStringField("reason", "it failed and is being rebuilt");
            }
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// Clients look at the status alone.
    private static Question ready(String name, boolean ready) {
        return page(
                ready ? 200 : 503,
                json -> {
                    json.writeStartObject();
                    json.writeStringField("name", name);
                    json.writeBooleanField("ready", ready);
                    json.writeEndObject();
                });
    }

    private static void model(ModelInfo model, Spoken spoken, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", model.name());
        json.writeArrayFieldStart("versions");
        json.writeString(VERSION);
        json.writeEndArray();
        json.writeStringField("platform", platform(model));
        ports("inputs", spoken.inputs(), json);
        ports("outputs", spoken.outputs(), json);
        json.writeEndObject();
    }

    private static void ports(String field, List<Spoken.Port> ports, JsonGenerator json)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (Spoken.Port port : ports) {
            json.writeStartObject();
            json.writeStringField("name", port.name());
            json.writeStringField("datatype", port.datatype());
            axes("shape", port, json);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void axes(String field, Spoken.Port port, JsonGenerator json)
            throws IOException {
        json.writeArrayFieldStart(field);
        for (long axis : port.shape()) {
            json.writeNumber(axis);
        }
        json.writeEndArray();
    }

    /// What Triton's own tools read before they measure. The batch axis is part of every shape.
    private static void config(ModelInfo model, Spoken spoken, JsonGenerator json)
            throws IOException {
        json.writeStartObject();
        json.writeStringField("name", model.name());
        json.writeStringField("platform", platform(model));
        json.writeNumberField("max_batch_size", 0);
        for (String field : List.of("input", "output")) {
            json.writeArrayFieldStart(field);
            List<Spoken.Port> ports = field.equals("input") ? spoken.inputs() : spoken.outputs();
            for (Spoken.Port port : ports) {
                json.writeStartObject();
                json.writeStringField("name", port.name());
                json.writeStringField(
                        "data_type",
                        "TYPE_"
                                + (port.datatype().equals(Value.BYTES)
                                        ? "STRING"
                                        : port.datatype()));
                axes("dims", port, json);
                if (port.optional()) {
                    json.writeBooleanField("optional", true);
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }
        json.writeEndObject();
    }

    /// By Triton's names where it has one.
    private static String platform(ModelInfo model) {
        String engine = model.engine();
        if (engine.startsWith("onnxruntime")) {
            return "onnxruntime_onnx";
        }
        return engine.startsWith("pytorch") ? "pytorch_libtorch" : engine;
    }
}
