package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;

/// Texts to vectors, in the shapes of OpenAI's `POST /v1/embeddings`.
public final class EmbeddingsTask implements Task {
    private static final int BYTES_PER_FLOAT = 13;
    private static final int BYTES_AROUND = 128;

    private final String name;
    private final List<ModelInfo> models;
    private final EmbeddingsRequest.Bounds bounds;

    /// @param name the task's name in routes and metrics
    /// @param models embedders that a body may name, at least one; the only one need not be named
    /// @param texts most texts in one request
    /// @param textChars most UTF-16 characters of one text
    public EmbeddingsTask(String name, List<ModelInfo> models, int texts, int textChars) {
        this.name = name;
        this.models = List.copyOf(models);
        this.bounds = new EmbeddingsRequest.Bounds(texts, textChars);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        EmbeddingsRequest request = EmbeddingsRequest.read(asked.body(), bounds);
        ModelInfo model = model(request);
        if (request.dimensions().isPresent()
                && model.purpose() instanceof Purpose.TextEmbedding(int dimension)
                && dimension != request.dimensions().get()) {
            throw bad("dimensions of %s is %d".formatted(model.name(), dimension));
        }
        List<ModelInput> inputs =
                request.texts().stream().<ModelInput>map(ModelInput.Text::new).toList();
        return new Embeddings(model.name(), inputs, request.base64());
    }

    private ModelInfo model(EmbeddingsRequest request) throws Refused {
        if (request.model().isEmpty()) {
            if (models.size() == 1) {
                return models.getFirst();
            }
            throw bad("model is missing: several are served");
        }
        for (ModelInfo model : models) {
            if (model.name().equals(request.model().get())) {
                return model;
            }
        }
        throw new Refused(
                Refusal.TASK_UNKNOWN_MODEL,
                "no model of this name is served; GET /v1/models lists those that are");
    }

    private record Embeddings(String model, List<ModelInput> inputs, boolean base64)
            implements Question {
        @Override
        public Reply encode(List<ModelOutput> outputs) {
            int dimension = outputs.getFirst().as(ModelOutput.Embedding.class).vector().length;
            var bytes =
                    new ByteArrayOutputStream(
                            outputs.size() * (dimension * BYTES_PER_FLOAT + BYTES_AROUND));
            try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
                write(outputs, json);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new Reply(200, "application/json", bytes.toByteArray());
        }

        private void write(List<ModelOutput> outputs, JsonGenerator json) throws IOException {
            long tokens = 0;
            int truncated = 0;
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (int i = 0; i < outputs.size(); i++) {
                var embedding = outputs.get(i).as(ModelOutput.Embedding.class);
                write(i, embedding, json);
                tokens += embedding.tokens();
                truncated += embedding.truncated() ? 1 : 0;
            }
            json.writeEndArray();
            json.writeStringField("model", model);
            json.writeObjectFieldStart("usage");
            json.writeNumberField("prompt_tokens", tokens);
            json.writeNumberField("total_tokens", tokens);
            json.writeNumberField("truncated", truncated);
            json.writeEndObject();
            json.writeEndObject();
        }

        private void write(int index, ModelOutput.Embedding embedding, JsonGenerator json)
                throws IOException {
            json.writeStartObject();
            json.writeStringField("object", "embedding");
            json.writeNumberField("index", index);
            if (base64) {
                json.writeStringField("embedding", packed(embedding.vector()));
            } else {
                json.writeArrayFieldStart("embedding");
                for (float value : embedding.vector()) {
                    json.writeNumber(value);
                }
                json.writeEndArray();
            }
            json.writeEndObject();
        }

        private static String packed(float[] vector) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(vector);
            return Base64.getEncoder().encodeToString(bytes.array());
        }
    }
}
