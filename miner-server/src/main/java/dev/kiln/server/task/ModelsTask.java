package dev.kiln.server.task;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Supplier;

/// Which models are served, in the shape of OpenAI's `GET /v1/models`. No engine runs.
public final class ModelsTask implements Task {
    private final Supplier<List<ModelInfo>> models;
    private final long startedEpochSeconds;

    /// @param models those served now
    /// @param startedEpochSeconds shown as the moment each model was made
    public ModelsTask(Supplier<List<ModelInfo>> models, long startedEpochSeconds) {
        this.models = models;
        this.startedEpochSeconds = startedEpochSeconds;
    }

    @Override
    public String name() {
        return "models";
    }

    @Override
    public Question decode(Asked asked) throws Refused {
        if (asked.body().length > 0) {
            throw StrictJson.bad("this path takes no body");
        }
        return new Page(
                new Reply(200, "application/json", json(models.get(), startedEpochSeconds)));
    }

    private static byte[] json(List<ModelInfo> models, long created) {
        var bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("object", "list");
            json.writeArrayFieldStart("data");
            for (ModelInfo model : models) {
                json.writeStartObject();
                json.writeStringField("id", model.name());
                json.writeStringField("object", "model");
                json.writeNumberField("created", created);
                json.writeStringField("owned_by", "kiln");
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
