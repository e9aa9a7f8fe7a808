package dev.kiln.adapter.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What a model will take before it is loaded: what its `model.yaml` says, or at least the size of its files.
public final class MemoryEstimate {
    private MemoryEstimate() {}

    /// Bytes for a model from this source; empty where nothing can be told. What is wrong with the folder is for
    /// [Models#open] to say.
    ///
    /// @param source as [ModelSettings] has it
    /// @param cacheFolder where added models lie
    public static OptionalLong of(String source, Path cacheFolder) {
        try {
            if (source.equals(ModelSettings.EMBEDDED_MINILM)) {
                return EmbeddedModel.MINILM.manifest().memoryBytes();
            }
            Path folder =
                    source.startsWith(ModelSettings.CATALOG)
                            ? Catalogue.ours()
                                    .find(source.substring(ModelSettings.CATALOG.length()))
                                    .place(cacheFolder)
                            : Path.of(source);
            Path manifest = folder.resolve("model.yaml");
            if (!Files.isRegularFile(manifest)) {
                return OptionalLong.empty();
            }
            OptionalLong stated =
                    ManifestReader.read(manifest.toString(), Files.readString(manifest))
                            .memoryBytes();
            return stated.isPresent() ? stated : OptionalLong.of(sizeOfFiles(folder));
        } catch (IOException | InvalidPathException | ModelLoadException e) {
            return OptionalLong.empty();
        }
    }

    private static long sizeOfFiles(Path folder) throws IOException {
        long size = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                size += Files.isRegularFile(file) ? Files.size(file) : 0;
            }
        }
        return size;
    }
}
