package dev.kiln.adapter.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.kiln.adapter.catalog.Manifest.EngineKind;
import dev.kiln.adapter.catalog.Manifest.EngineSection;
import dev.kiln.adapter.catalog.Manifest.GoldenSpec;
import dev.kiln.adapter.catalog.Manifest.Precision;
import dev.kiln.adapter.catalog.Manifest.Task;
import dev.kiln.core.model.DType;
import dev.kiln.core.model.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a `model.yaml`, reporting all its problems together.
final class ManifestReader {
    private static final List<String> KEYS =
            List.of(
                    "engine",
                    "task",
                    "files",
                    "inputs",
                    "outputs",
                    "method",
                    "pooling",
                    "dimension",
                    "max-tokens",
                    "image",
                    "file-type",
                    "voice",
                    "precision",
                    "tolerance",
                    "batch-tolerance",
                    "memory",
                    "licence",
                    "golden");
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern MEMORY = Pattern.compile("(\\d{1,9})(KiB|MiB|GiB)");

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
        if (manifest.isEmpty() || !reader.problems.isEmpty()) {
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
        Fields fields = new Fields("", root, problems).knowing(KEYS);
        for (String needed : List.of("engine", "task")) {
            if (!fields.has(needed)) {
                fields.problem(needed, "  is missing");
            }
        }
        Map<String, String> files = files(fields);
        EngineSection engine = engine(fields, files);
        Task task = new TaskReader(fields, files).task();
        Precision precision = fields.word("precision", Precision.class, Precision.FP32);
        String licence = fields.text("licence");
        OptionalLong memory = memory(fields);
        OptionalDouble tolerance = GoldenReader.tolerance(fields, "tolerance");
        double batch =
                GoldenReader.tolerance(fields, "batch-tolerance").orElse(precision.tolerance());
        List<GoldenSpec> golden = new GoldenReader(fields, files, tolerance).samples();
        return Optional.of(
                new Manifest(engine, task, files, precision, batch, memory, licence, golden));
    }

    private Map<String, String> files(Fields root) {
        Map<String, String> files = new LinkedHashMap<>();
        if (!root.at("files").isObject()) {
            root.problem("files", "  must name each file and its SHA-256");
        }
        for (Map.Entry<String, JsonNode> field : root.at("files").properties()) {
            String sha256 = field.getValue().asText();
            if (!SHA256.matcher(sha256).matches()) {
                problems.add(
                        "files.%s = \"%s\"  must be the file's SHA-256, 64 lower-case hex digits"
                                .formatted(field.getKey(), sha256));
            }
            files.put(field.getKey(), sha256);
        }
        return files;
    }

    private EngineSection engine(Fields root, Map<String, String> files) {
        EngineKind kind = root.word("engine", EngineKind.class, EngineKind.ONNX);
        String weights =
                switch (kind) {
                    case ONNX -> one(root, files, ".onnx");
                    case PYTORCH -> one(root, files, ".pt", ".jit", ".torchscript");
                };
        Set<String> numbers = new HashSet<>();
        List<TensorSpec> inputs = specs(root, "inputs", numbers);
        List<TensorSpec> outputs = specs(root, "outputs", numbers);
        switch (kind) {
            case ONNX -> {
                if (root.has("method") || !numbers.isEmpty()) {
                    root.problem("engine", " = \"onnx\"  has no method and no plain numbers");
                }
            }
            case PYTORCH -> {
                if (inputs.isEmpty() || outputs.isEmpty()) {
                    root.problem(
                            "inputs", "  and outputs must be stated, a TorchScript file does not");
                }
            }
        }
        String method = root.optionalText("method").orElse("forward");
        return new EngineSection(kind, weights, inputs, outputs, method, numbers);
    }

    /// The one file whose name ends so.
    static String one(Fields root, Map<String, String> files, String... endings) {
        List<String> found = new ArrayList<>();
        for (String name : files.keySet()) {
            for (String ending : endings) {
                if (name.endsWith(ending)) {
                    found.add(name);
                }
            }
        }
        if (found.size() != 1) {
            root.problem(
                    "files",
                    "  must name exactly one file ending in %s, names %d"
                            .formatted(String.join(" or ", endings), found.size()));
            return "";
        }
        return found.getFirst();
    }

    private List<TensorSpec> specs(Fields root, String key, Set<String> numbers) {
        List<TensorSpec> specs = new ArrayList<>();
        for (JsonNode node : root.at(key)) {
            Fields fields =
                    new Fields("%s[%d].".formatted(key, specs.size()), node, problems)
                            .knowing(List.of("name", "dtype", "shape", "plain"));
            String name = fields.text("name");
            if (specs.stream().anyMatch(other -> other.name().equals(name))) {
                fields.problem("name", " = \"%s\"  is there twice".formatted(name));
            }
            if (fields.truth("plain", false)) {
                numbers.add(name);
            }
            DType dtype = fields.word("dtype", DType.class, DType.FP32);
            specs.add(new TensorSpec(name, dtype, fields.axes("shape")));
        }
        return specs;
    }

    private static OptionalLong memory(Fields root) {
        if (!root.has("memory")) {
            return OptionalLong.empty();
        }
        Matcher size = MEMORY.matcher(root.text("memory"));
        if (!size.matches()) {
            root.problem("memory", " = %s  must be a size: 220MiB".formatted(root.at("memory")));
            return OptionalLong.empty();
        }
        int shift =
                switch (String.valueOf(size.group(2))) {
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    default -> 30;
                };
        return OptionalLong.of(Long.parseLong(size.group(1)) << shift);
    }
}
