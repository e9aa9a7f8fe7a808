package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Texts to vectors, in the shape of a synapse: a JSON object that holds the texts under one name and gets the vectors
/// under another. Everything else in it goes back as it came.
public final class SynapseEmbeddingsTask implements Task {
    private final String name;
    private final Choice<Purpose.TextEmbedding> models;
    private final Names names;
    private final EmbeddingsRequest.Bounds bounds;

    /// What a subnet calls its fields.
    ///
    /// @param texts the request's list of strings
    /// @param embeddings the answer's list of lists of floats
    public record Names(String texts, String embeddings) {}

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
        return new Embeddings(
                models.first().name(), inputs(fields.path(names.texts())), fields, names);
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

    private record Embeddings(String model, List<ModelInput> inputs, ObjectNode fields, Names names)
            implements Question {
        @Override
        public Reply encode(List<ModelOutput> outputs) {
            return SynapseJson.answer(fields, names.embeddings(), json -> write(outputs, json));
        }

        private static void write(List<ModelOutput> outputs, JsonGenerator json)
                throws IOException {
            json.writeStartArray();
            for (ModelOutput output : outputs) {
                json.writeStartArray();
                for (float value : output.as(ModelOutput.Embedding.class).vector()) {
                    json.writeNumber(value);
                }
                json.writeEndArray();
            }
            json.writeEndArray();
        }
    }
}
