package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Texts to vectors, in the shape of a synapse: a JSON object that holds the texts under one name and gets the vectors
/// under another. Everything else in it goes back as it came.
public final class SynapseEmbeddingsTask implements Task {
    /// Seconds; beyond, a timeout is none.
    private static final double LONGEST_TIMEOUT = 1e6;

    private final String name;
    private final Choice<Purpose.TextEmbedding> models;
    private final Names names;
    private final EmbeddingsRequest.Bounds bounds;

    /// What a subnet calls its fields, and how the answer goes out.
    ///
    /// @param texts the request's list of strings
    /// @param embeddings the answer's list of lists of floats; named nowhere in a stream
    public record Names(String texts, String embeddings, Form form) {
        /// Answered whole.
        public Names(String texts, String embeddings) {
            this(texts, embeddings, Form.WHOLE);
        }
    }

    /// How an answer goes out.
    public enum Form {
        /// As one JSON object: the request's with the vectors in it.
        WHOLE("", ""),
        /// One vector after another as soon as each is ready, a line of JSON each.
        LINES("", "\n"),
        /// The same as server-sent events: `data: ` before each and an empty line behind.
        EVENTS("data: ", "\n\n");

        private final String before;
        private final String after;

        Form(String before, String after) {
            this.before = before;
            this.after = after;
        }
    }

    /// The first of the setting's embedders answers.
    public SynapseEmbeddingsTask(Setting setting, Names names) {
        this.name = setting.name();
        this.models = new Choice<>(setting.models(), Purpose.TextEmbedding.class);
        this.names = names;
        this.bounds = EmbeddingsRequest.Bounds.of(setting);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        ObjectNode fields = SynapseJson.read(asked.body());
        String model = models.first().name();
        List<ModelInput> inputs = inputs(fields.path(names.texts()));
        return names.form() == Form.WHOLE
                ? new Embeddings(model, inputs, fields, names)
                : new Streamed(model, inputs, timeout(fields), names.form());
    }

    /// The texts in order; none is an honest question too.
    private List<ModelInput> inputs(JsonNode texts) throws Refused {
        if (!texts.isArray()) {
            throw bad("%s must be a list of strings".formatted(names.texts()));
        }
        if (texts.size() > bounds.texts()) {
            throw bad(
                    "%s has %d texts, may have %d"
                            .formatted(names.texts(), texts.size(), bounds.texts()));
        }
        List<ModelInput> inputs = new ArrayList<>(texts.size());
        for (JsonNode text : texts) {
            String place = "%s[%d]".formatted(names.texts(), inputs.size());
            if (!text.isTextual()) {
                throw bad(place + " must be a string");
            }
            if (text.textValue().length() > bounds.textChars()) {
                throw bad(
                        "%s has %d characters, may have %d"
                                .formatted(place, text.textValue().length(), bounds.textChars()));
            }
            inputs.add(new ModelInput.Text(text.textValue()));
        }
        return inputs;
    }

    /// Every synapse has this field, in seconds; zero is none.
    private static Optional<Duration> timeout(ObjectNode fields) {
        double seconds = fields.path("timeout").asDouble(0);
        return seconds > 0 && seconds < LONGEST_TIMEOUT
                ? Optional.of(Duration.ofNanos((long) (seconds * 1e9)))
                : Optional.empty();
    }

    private record Embeddings(String model, List<ModelInput> inputs, ObjectNode fields, Names names)
            implements Question {
        @Override
        public Optional<Duration> patience() {
            return timeout(fields);
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) {
            return SynapseJson.answer(fields, names.embeddings(), json -> write(outputs, json));
        }

        private static void write(List<ModelOutput> outputs, JsonGenerator json)
                throws IOException {
            json.writeStartArray();
            for (ModelOutput output : outputs) {
                SynapseEmbeddingsTask.write(output, json);
            }
            json.writeEndArray();
        }
    }

    /// A question that is answered as Axons stream: the status and both terminals are in the head, the body is only what
    /// the model said.
    private record Streamed(
            String model, List<ModelInput> inputs, Optional<Duration> patience, Form form)
            implements Question, Pieces {
        @Override
        public Optional<Pieces> pieces() {
            return Optional.of(this);
        }

        @Override
        public String contentType() {
            return "text/event-stream";
        }

        @Override
        public byte[] encode(int index, ModelOutput output) {
            String vector = SynapseJson.text(json -> write(output, json));
            return (form.before + vector + form.after).getBytes(UTF_8);
        }

        @Override
        public Reply encode(List<ModelOutput> outputs) {
            var body = new ByteArrayOutputStream();
            for (int i = 0; i < outputs.size(); i++) {
                body.writeBytes(encode(i, outputs.get(i)));
            }
            return new Reply(200, contentType(), body.toByteArray());
        }
    }

    private static void write(ModelOutput output, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (float value : output.as(ModelOutput.Embedding.class).vector()) {
            json.writeNumber(value);
        }
        json.writeEndArray();
    }
}
