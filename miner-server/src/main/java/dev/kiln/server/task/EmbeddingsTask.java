package dev.kiln.server.task;

import static dev.kiln.server.task.StrictJson.bad;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
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
    private final Choice<Purpose.TextEmbedding> models;
    private final EmbeddingsRequest.Bounds bounds;

    public EmbeddingsTask(Setting setting) {
        this.name = setting.name();
        this.models = new Choice<>(setting.models(), Purpose.TextEmbedding.class);
        this.bounds = EmbeddingsRequest.Bounds.of(setting);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        EmbeddingsRequest request = EmbeddingsRequest.read(asked.body(), bounds);
        var chosen = models.of(request.model());
        int dimension = chosen.purpose().dimension();
        if (request.dimensions().isPresent() && dimension != request.dimensions().get()) {
            throw bad("dimensions of %s is %d".formatted(chosen.name(), dimension));
        }
        List<ModelInput> inputs =
                request.texts().stream().<ModelInput>map(ModelInput.Text::new).toList();
        return new Embeddings(chosen.name(), inputs, request.base64());
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
