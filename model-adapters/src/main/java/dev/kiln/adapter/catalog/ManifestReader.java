package dev.kiln.adapter.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kiln.adapter.catalog.Manifest.FilePin;
import dev.kiln.adapter.onnx.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Reads a `model.yaml`, reporting all its problems together.
final class ManifestReader {
    private static final List<String> KEYS =
            List.of(
                    "engine",
                    "task",
                    "files",
                    "pooling",
                    "dimension",
                    "max-tokens",
                    "licence",
                    "golden");
    private static final List<String> GOLDEN_KEYS = List.of("text", "start", "tolerance");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int MAX_DIMENSION = 16_384;
    private static final int MAX_TOKENS = 8_192;

    private final List<String> problems = new ArrayList<>();

    private ManifestReader() {}

    /// @param place for messages
    static Manifest read(String place, String yaml) throws ModelLoadException {
        JsonNode root;
        try {
            root = mapper().readTree(yaml);
        } catch (JsonProcessingException e) {
            throw new ModelLoadException(
                    place, "not valid YAML: " + e.getOriginalMessage() + at(e), e);
        }
        var reader = new ManifestReader();
        Optional<Manifest> manifest = reader.manifest(root);
        if (manifest.isEmpty()) {
            throw new ModelLoadException(place, reader.problems);
        }
        return manifest.get();
    }

    private static YAMLMapper mapper() {
        return new YAMLMapper(
                YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
    }

    private static String at(JsonProcessingException e) {
        var location = e.getLocation();
        return location == null ? "" : " (line %d)".formatted(location.getLineNr());
    }

    private Optional<Manifest> manifest(JsonNode root) {
        if (!root.isObject()) {
            problems.add("must be a map with the keys " + String.join(", ", KEYS));
            return Optional.empty();
        }
        knownOnly("", root, KEYS);
        only(root, "engine", "onnx");
        only(root, "task", "text-embedding");
        only(root, "pooling", "mean");
        int dimension = number(root, "dimension", 1, MAX_DIMENSION);
        int maxTokens = number(root, "max-tokens", 3, MAX_TOKENS);
        String licence = text(root, "licence");
        Optional<FilePin> graph = file(root, ".onnx");
        Optional<FilePin> tokenizer = file(root, ".json");
        Optional<Golden> golden = golden(root.path("golden"));
        if (!problems.isEmpty() || graph.isEmpty() || tokenizer.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Manifest(graph.get(), tokenizer.get(), dimension, maxTokens, licence, golden));
    }

    private void knownOnly(String prefix, JsonNode node, List<String> known) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!known.contains(field.getKey())) {
                String guess =
                        Guess.of(field.getKey(), known)
                                .map("; did you mean %s?"::formatted)
                                .orElse("");
                problems.add("%s%s  unknown key%s".formatted(prefix, field.getKey(), guess));
            }
        }
    }

    private void only(JsonNode root, String key, String word) {
        String value = text(root, key);
        if (!value.isEmpty() && !value.equals(word)) {
            problems.add("%s = \"%s\"  must be %s".formatted(key, value, word));
        }
    }

    private String text(JsonNode root, String key) {
        JsonNode node = root.path(key);
        if (!node.isTextual() || node.textValue().isBlank()) {
            problems.add(
                    "%s  %s"
                            .formatted(
                                    key, node.isMissingNode() ? "is missing" : "must be a text"));
            return "";
        }
        return node.textValue();
    }

    private int number(JsonNode root, String key, int least, int most) {
        JsonNode node = root.path(key);
        if (!node.isInt() || node.intValue() < least || node.intValue() > most) {
            String found = node.isMissingNode() ? "is missing, " : "= " + node + "  ";
            problems.add(
                    "%s %smust be a whole number from %d to %d".formatted(key, found, least, most));
            return least;
        }
        return node.intValue();
    }

    /// The one file whose name ends so.
    private Optional<FilePin> file(JsonNode root, String ending) {
        List<FilePin> found = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.path("files").properties()) {
            if (field.getKey().endsWith(ending)) {
                String sha256 = field.getValue().asText();
                if (!SHA256.matcher(sha256).matches()) {
                    problems.add(
                            "files.%s = \"%s\"  must be the file's SHA-256, 64 lower-case hex digits"
                                    .formatted(field.getKey(), sha256));
                }
                found.add(new FilePin(field.getKey(), sha256));
            } else if (!field.getKey().endsWith(".onnx") && ending.equals(".json")) {
                problems.add(
                        "files.%s  names must end in .onnx or .json".formatted(field.getKey()));
            }
        }
        if (found.size() != 1) {
            problems.add(
                    "files  must name exactly one file ending in %s, names %d"
                            .formatted(ending, found.size()));
            return Optional.empty();
        }
        return Optional.of(found.getFirst());
    }

    private Optional<Golden> golden(JsonNode node) {
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        int before = problems.size();
        knownOnly("golden.", node, GOLDEN_KEYS);
        List<Double> start = new ArrayList<>();
        for (JsonNode component : node.path("start")) {
            if (component.isNumber()) {
                start.add(component.doubleValue());
            } else {
                problems.add("golden.start holds %s, must hold numbers".formatted(component));
            }
        }
        double tolerance = node.path("tolerance").doubleValue();
        if (!node.path("text").isTextual() || start.isEmpty() || !(tolerance > 0)) {
            problems.add(
                    "golden  must have a text, a start (first components of its vector) and a tolerance above 0");
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        return Optional.of(new Golden(node.path("text").textValue(), start, tolerance));
    }
}
