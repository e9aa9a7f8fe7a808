package dev.kiln.adapter.catalog;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/// A model's folder under construction, for tests. Digests of what was written are put into the manifest.
record Folder(Path path) {
    Folder with(String name, byte[] content) throws IOException {
        Path file = path.resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, content);
        return this;
    }

    /// @param yaml where `files` is left out, all files of the folder are pinned
    Folder manifest(String yaml) throws IOException {
        var text = new StringBuilder(yaml).append("\nlicence: CC0-1.0\n");
        if (!yaml.contains("files:")) {
            text.append("files:\n");
            try (var files = Files.walk(path)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    if (!file.endsWith("model.yaml")) {
                        text.append("  %s: %s\n".formatted(path.relativize(file), digest(file)));
                    }
                }
            }
        }
        return with(
                "model.yaml", text.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static String digest(Path file) throws IOException {
        return Digest.sha256(MemorySegment.ofArray(Files.readAllBytes(file)));
    }

    ModelSettings settings() {
        return new ModelSettings("own", path.toString(), 128, "cpu", 1);
    }
}
