package dev.kiln.adapter.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.adapter.catalog.Manifest.Expected;
import dev.kiln.adapter.catalog.Manifest.Given;
import dev.kiln.adapter.catalog.Manifest.GoldenSpec;
import dev.kiln.adapter.catalog.Manifest.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Reads the golden samples of a `model.yaml`: one map, or a list of them.
///
/// @param root the whole file
/// @param files those that it pins
/// @param tolerance for samples that name none
record GoldenReader(Fields root, Map<String, String> files, OptionalDouble tolerance) {
    private static final List<String> KEYS =
            List.of(
                    "name",
                    "text",
                    "image",
                    "file",
                    "sound",
                    "inputs",
                    "start",
                    "speech",
                    "probabilities",
                    "outputs",
                    "tolerance");
    private static final List<String> CONTENT = List.of("image", "file", "sound");

    List<GoldenSpec> samples() {
        List<GoldenSpec> samples = new ArrayList<>();
        JsonNode golden = root.at("golden");
        if (golden.isArray()) {
            for (int i = 0; i < golden.size(); i++) {
                sample(new Fields("golden[%d].".formatted(i), golden.get(i), root.problems()), i)
                        .ifPresent(samples::add);
            }
        } else if (!golden.isMissingNode()) {
            sample(root.inside("golden"), 0).ifPresent(samples::add);
        }
        return samples;
    }

    private Optional<GoldenSpec> sample(Fields fields, int place) {
        fields.knowing(KEYS);
        int before = root.problems().size();
        String name = fields.optionalText("name").orElse(Integer.toString(place + 1));
        Optional<Given> given = given(fields);
        Optional<Expected> expected = expected(fields);
        if (given.isEmpty() || expected.isEmpty()) {
            if (root.problems().size() == before) {
                root.problems()
                        .add(
                                fields.prefix().replaceAll("\\.$", "")
                                        + "  must have a text, image, file, sound or inputs, and a start, probabilities, speech or outputs");
            }
            return Optional.empty();
        }
        OptionalDouble own = tolerance(fields, "tolerance");
        return Optional.of(
                new GoldenSpec(
                        name, given.get(), expected.get(), own.isPresent() ? own : tolerance));
    }

    private Optional<Given> given(Fields fields) {
        if (fields.has("text")) {
            if (!fields.at("text").isTextual()) {
                fields.problem("text", "  must be a text");
            }
            return Optional.of(new Given.Text(fields.at("text").asText()));
        }
        for (String key : CONTENT) {
            if (fields.has(key)) {
                return Optional.of(new Given.Content(pinned(fields, key)));
            }
        }
        return fields.has("inputs")
                ? Optional.of(new Given.Tensors(tensors(fields.inside("inputs"))))
                : Optional.empty();
    }

    private Optional<Expected> expected(Fields fields) {
        for (String key : List.of("start", "speech")) {
            if (fields.has(key)) {
                List<Double> numbers = fields.numbers(key);
                if (numbers.isEmpty()) {
                    fields.problem(key, "  must hold at least one number");
                }
                return Optional.of(new Expected.Start(numbers));
            }
        }
        if (fields.has("probabilities")) {
            Fields inside = fields.inside("probabilities");
            Map<String, Double> byLabel = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : inside.node().properties()) {
                if (!entry.getValue().isNumber()) {
                    inside.problem(entry.getKey(), "  must be a number");
                }
                byLabel.put(entry.getKey(), entry.getValue().doubleValue());
            }
            return Optional.of(new Expected.Probabilities(byLabel));
        }
        return fields.has("outputs")
                ? Optional.of(new Expected.Tensors(tensors(fields.inside("outputs"))))
                : Optional.empty();
    }

    private List<Values> tensors(Fields fields) {
        List<Values> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> entry : fields.node().properties()) {
            Fields tensor = fields.inside(entry.getKey()).knowing(List.of("shape", "data", "file"));
            List<Long> shape = tensor.axes("shape");
            if (shape.contains(-1L)) {
                tensor.problem("shape", " = %s  must hold lengths".formatted(shape));
            }
            Optional<String> file =
                    tensor.has("file") ? Optional.of(pinned(tensor, "file")) : Optional.empty();
            List<Double> data = file.isPresent() ? List.of() : tensor.numbers("data");
            tensors.add(new Values(entry.getKey(), shape, data, file));
        }
        return tensors;
    }

    private String pinned(Fields fields, String key) {
        String file = fields.text(key);
        if (!file.isEmpty() && !files.containsKey(file)) {
            fields.problem(key, " = \"%s\"  must be pinned in files".formatted(file));
        }
        return file;
    }

    static OptionalDouble tolerance(Fields fields, String key) {
        if (!fields.has(key)) {
            return OptionalDouble.empty();
        }
        double value = fields.at(key).doubleValue();
        if (!(value > 0) || Double.isInfinite(value)) {
            fields.problem(key, " = %s  must be a number above 0".formatted(fields.at(key)));
            return OptionalDouble.empty();
        }
        return OptionalDouble.of(value);
    }
}
