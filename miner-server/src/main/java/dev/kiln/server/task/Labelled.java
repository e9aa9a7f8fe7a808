package dev.kiln.server.task;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// A question whose answer is labels with their probabilities, as Hugging Face's classifiers answer: for one thing
/// `[{"label","score"}, …]`, the most probable first; for a list of things a list of those.
///
/// @param labels of the model, in its order
/// @param top how many are told of each thing
record Labelled(String model, List<ModelInput> inputs, List<String> labels, int top, boolean list)
        implements Task.Question {
    private static final int TOP = 5;

    /// Reads what is asked for beside the things.
    static Labelled of(
            String model, List<String> labels, BlobRequest request, List<ModelInput> inputs)
            throws Refused {
        int top = request.options().whole("top_k", TOP, 1, 1_000_000);
        request.options().refuseUnknown();
        return new Labelled(model, inputs, labels, Math.min(top, labels.size()), request.list());
    }

    @Override
    public Reply encode(List<ModelOutput> outputs) {
        var bytes = new ByteArrayOutputStream(64 + outputs.size() * top * 48);
        try (JsonGenerator json = StrictJson.FACTORY.createGenerator(bytes)) {
            if (list) {
                json.writeStartArray();
            }
            for (ModelOutput output : outputs) {
                write(output.as(ModelOutput.Classes.class).probabilities(), json);
            }
            if (list) {
                json.writeEndArray();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Reply(200, "application/json", bytes.toByteArray());
    }

    private void write(float[] probabilities, JsonGenerator json) throws IOException {
        json.writeStartArray();
        for (int index : best(probabilities, top)) {
            json.writeStartObject();
            json.writeStringField("label", labels.get(index));
            json.writeNumberField("score", probabilities[index]);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /// The places of the greatest, in falling order; of equals the first comes first.
    static List<Integer> best(float[] values, int many) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> values[i]).reversed())
                .limit(many)
                .toList();
    }
}
