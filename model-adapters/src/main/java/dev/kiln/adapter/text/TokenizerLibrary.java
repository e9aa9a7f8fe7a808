package dev.kiln.adapter.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Loads the tokenizer's native library once for the process, from the class path and from nowhere else.
final class TokenizerLibrary {
    private static boolean loaded; // guarded by the class

    private TokenizerLibrary() {}

    /// @param folder where the library is unpacked if it is not loaded yet; a temporary folder takes its place where it
    ///     cannot be written
    static synchronized void load(Path folder) throws IOException {
        if (loaded) {
            return;
        }
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        if (System.getProperty("ENGINE_CACHE_DIR") == null) {
            System.setProperty("ENGINE_CACHE_DIR", writable(folder).toString());
        }
        try {
            LibUtils.checkStatus();
        } catch (RuntimeException | LinkageError e) {
            throw new IOException(
                    "the tokenizer's native library cannot be loaded: " + e.getMessage(), e);
        }
        loaded = true;
    }

    private static Path writable(Path folder) throws IOException {
        try {
            Files.createDirectories(folder);
            if (Files.isWritable(folder)) {
                return folder;
            }
        } catch (IOException e) {
            // The temporary folder below serves as well.
        }
        Path temporary = Files.createTempDirectory("kiln-natives");
        temporary.toFile().deleteOnExit();
        return temporary;
    }
}
