package dev.kiln.adapter.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Loads the tokenizer's native library once for the process, from the class path and from nowhere else.
final class TokenizerLibrary {
    private static final String FOLDER_PROPERTY = "ENGINE_CACHE_DIR";

    private static boolean loaded; // guarded by the class

    private TokenizerLibrary() {}

    /// @param wanted where the library is unpacked and kept for the next process; where that cannot be written, or none
    ///     is wanted, a temporary folder serves and is gone once the library is loaded
    static synchronized void load(Optional<Path> wanted) throws IOException {
        if (loaded) {
            return;
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        Optional<Path> kept = wanted.filter(TokenizerLibrary::isWritable);
        Path folder = kept.isPresent() ? kept.get() : Files.createTempDirectory("kiln-natives");
        System.setProperty(FOLDER_PROPERTY, folder.toString());
        try {
            loadFrom(folder);
        } finally {
            if (kept.isEmpty()) {
                delete(folder);
            }
        }
        loaded = true;
    }

    /// Loads the library. What cannot be loaded is thrown away, so that the next start unpacks it again; this process
    /// cannot try twice, since a class whose first use failed stays failed.
    private static void loadFrom(Path folder) throws IOException {
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            delete(folder);
            throw new IOException(
                    "the tokenizer's native library cannot be loaded (%s); its copy in %s was thrown away, start again to unpack it anew"
                            .formatted(e.getMessage(), folder),
                    e);
        }
    }

    private static boolean isWritable(Path folder) {
        try {
            Files.createDirectories(folder);
            return Files.isWritable(folder);
        } catch (IOException e) {
            return false;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.notExists(folder)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
