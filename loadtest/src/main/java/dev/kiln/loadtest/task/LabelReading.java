package dev.kiln.loadtest.task;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/// Reads `[{"label", "score"}, …]`, all labels of the model. The first answer says which there are.
///
/// **Threads:** confined to one at a time.
final class LabelReading implements Reading {
    private List<String> labels = List.of();

    @Override
    public float[] read(byte[] body) throws IOException {
        JsonNode tree = Json.tree(body);
        if (!tree.isArray() || tree.isEmpty()) {
            throw new IOException("the body is no list of labels");
        }
        var scores = new TreeMap<String, Float>();
        for (JsonNode each : tree) {
            String label = each.path("label").asText("");
            if (label.isEmpty() || scores.put(label, Json.number(each.path("score"))) != null) {
                throw new IOException("a label is missing, or stands twice");
            }
        }
        if (labels.isEmpty()) {
            labels = List.copyOf(scores.keySet());
        }
        if (!labels.equals(List.copyOf(scores.keySet()))) {
            throw new IOException("other labels than before");
        }
        float[] numbers = new float[labels.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = scores.getOrDefault(labels.get(i), Float.NaN);
        }
        return numbers;
    }

    /// How many labels there are; 0 until an answer was read.
    int size() {
        return labels.size();
    }

    /// The place of a label among an answer's numbers; -1 for one that the model does not know.
    int index(String label) {
        return labels.indexOf(label);
    }

    /// Some of the labels, for a message.
    String some() {
        return String.join(", ", Arrays.copyOf(labels.toArray(String[]::new), Math.min(4, size())));
    }
}
