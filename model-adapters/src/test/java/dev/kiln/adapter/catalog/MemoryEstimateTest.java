package dev.kiln.adapter.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryEstimateTest {
    private static final String YAML =
            """
            engine: onnx
            task: tensors
            """;

    @TempDir private Path cache;

    @Test
    void whatAModelStatesIsBelieved() throws Exception {
        Path folder = Files.createDirectories(cache.resolve("models/own"));
        new Folder(folder).with("model.onnx", new byte[3000]).manifest(YAML + "memory: 7MiB\n");

        assertThat(bytes(folder.toString())).hasValue(7 << 20);
    }

    @Test
    void withoutAWordItTakesAtLeastItsFiles() throws Exception {
        Path folder = Files.createDirectories(cache.resolve("models/own"));
        new Folder(folder).with("model.onnx", new byte[3000]).manifest(YAML);

        assertThat(bytes(folder.toString()).orElseThrow()).isBetween(3000L, 4000L);
    }

    @Test
    void addedAndEmbeddedModelsStateTheirs() throws Exception {
        assertThat(bytes("catalog:shapes-large")).isEmpty();

        Catalogue.Entry large = Catalogue.ours().find("shapes-large");
        Path folder = Files.createDirectories(large.place(cache));
        try (var in = large.open("model.yaml")) {
            Files.copy(in, folder.resolve("model.yaml"));
        }

        assertThat(bytes("catalog:shapes-large").orElseThrow()).isGreaterThan(1 << 20);
        assertThat(bytes("embedded:minilm").orElseThrow()).isGreaterThan(90 << 20);
    }

    /// What is wrong with a model is for its load to say.
    @Test
    void whatCannotBeReadIsNotEstimated() throws Exception {
        assertThat(bytes("catalog:no-such")).isEmpty();
        assertThat(bytes(cache.resolve("nowhere").toString())).isEmpty();

        Files.writeString(cache.resolve("model.yaml"), "engine: steam\n");
        assertThat(bytes(cache.toString())).isEmpty();
    }

    /// So that a swap is refused before it fills the machine.
    @Test
    void everyModelOfTheCatalogueStatesWhatItTakes() throws Exception {
        for (Catalogue.Entry entry : Catalogue.ours().entries()) {
            try (var in = entry.open("model.yaml")) {
                String yaml =
                        new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
                Manifest manifest = ManifestReader.read(entry.name(), yaml);
                long weights =
                        entry.files().stream()
                                .mapToLong(Catalogue.Weights::size)
                                .max()
                                .orElseThrow();

                assertThat(manifest.memoryBytes().orElse(0))
                        .as(entry.name())
                        .isGreaterThan(weights);
            }
        }
    }

    private OptionalLong bytes(String source) {
        return MemoryEstimate.of(source, cache);
    }
}
