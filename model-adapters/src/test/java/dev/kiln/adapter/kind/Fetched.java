package dev.kiln.adapter.kind;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.kiln.adapter.catalog.ModelLoadException;
import dev.kiln.adapter.catalog.ModelSettings;
import dev.kiln.adapter.catalog.Models;
import dev.kiln.core.model.ModelAdapter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Models that `models/setup` brings into `.kiln/cache` at the repository's root, and those that lie in `models`.
///
/// Where the cache lacks a model its tests are skipped, unless `KILN_REQUIRE_MODELS` is set, as in CI.
final class Fetched {
    private Fetched() {}

    /// A file of a model that is fetched.
    static ByteBuffer fetched(String model, String file) throws IOException {
        Path found = root().resolve(".kiln/cache/models").resolve(model).resolve(file);
        if (System.getenv("KILN_REQUIRE_MODELS") == null) {
            assumeThat(found).as("fetched by models/setup").exists();
        }
        assertThat(found).as("fetched by models/setup").exists();
        return direct(found);
    }

    /// A whole model that is fetched, opened for three threads and proved by its golden samples.
    static ModelAdapter model(String name) throws IOException, ModelLoadException {
        fetched(name, "model.yaml");
        String folder = root().resolve(".kiln/cache/models").resolve(name).toString();
        return Models.open(
                new ModelSettings(name, folder, 128, "cpu", 3), Path.of("target/test-cache"));
    }

    /// A file of a model that lies in the repository.
    static ByteBuffer own(String model, String file) throws IOException {
        return direct(root().resolve("models").resolve(model).resolve(file));
    }

    private static ByteBuffer direct(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /// The folder above all modules.
    static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("models/README.md"))) {
            folder = Objects.requireNonNull(folder.getParent(), "not inside the project");
        }
        return folder;
    }
}
