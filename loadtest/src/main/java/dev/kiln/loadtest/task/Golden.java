package dev.kiln.loadtest.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Tensors with what they must become, from a file of `{"samples": [{"inputs": […], "outputs": […]}]}`, both as the Open
/// Inference Protocol spells tensors in JSON.
///
/// @param body of the request
/// @param outputs by name, flat
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Golden(byte[] body, Map<String, float[]> outputs) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Every sample of a file.
    ///
    /// @throws IOException if it holds none; the message names the file and the place
    static List<Golden> read(Path file) throws IOException {
        try {
            JsonNode samples = JSON.readTree(Files.readAllBytes(file)).path("samples");
            List<Golden> all = new ArrayList<>();
            for (JsonNode sample : samples) {
                all.add(sample(sample, "%s: samples[%d]".formatted(file, all.size())));
            }
            if (all.isEmpty()) {
                throw new IOException(file + " holds no list \"samples\"");
            }
            return all;
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file of golden tensors " + file, e);
        } catch (JsonProcessingException e) {
            throw new IOException("%s is no JSON: %s".formatted(file, e.getOriginalMessage()), e);
        }
    }

    private static Golden sample(JsonNode sample, String place) throws IOException {
        JsonNode inputs = sample.path("inputs");
        Map<String, float[]> outputs = new LinkedHashMap<>();
        for (JsonNode output : sample.path("outputs")) {
            outputs.put(output.path("name").asText(""), numbers(output.path("data")));
        }
        if (!inputs.isArray() || inputs.isEmpty() || outputs.isEmpty()) {
            throw new IOException(place + " needs inputs and outputs");
        }
        var body = JSON.createObjectNode();
        body.set("inputs", inputs);
        return new Golden(JSON.writeValueAsBytes(body), outputs);
    }

    /// All golden numbers, output after output.
    float[] numbers() {
        return joined(List.copyOf(outputs.values()));
    }

    /// Reads the same outputs, in the same order, of an answer.
    Reading reading() {
        List<String> names = List.copyOf(outputs.keySet());
        return body -> {
            List<float[]> found = new ArrayList<>();
            for (String name : names) {
                for (JsonNode output : Reading.Json.tree(body).path("outputs")) {
                    if (output.path("name").asText("").equals(name)) {
                        found.add(numbers(output.path("data")));
                    }
                }
            }
            if (found.size() != names.size()) {
                throw new IOException("an output is missing, or stands twice");
            }
            return joined(found);
        };
    }

    private static float[] numbers(JsonNode data) throws IOException {
        List<Float> flat = new ArrayList<>();
        flatten(data, flat);
        float[] numbers = new float[flat.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = flat.get(i);
        }
        return numbers;
    }

    private static void flatten(JsonNode data, List<Float> to) throws IOException {
        if (!data.isArray()) {
            to.add(Reading.Json.number(data));
            return;
        }
        for (JsonNode each : data) {
            flatten(each, to);
        }
    }

    private static float[] joined(List<float[]> parts) {
        float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
