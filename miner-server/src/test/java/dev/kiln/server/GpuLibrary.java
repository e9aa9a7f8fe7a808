package dev.kiln.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/// ONNX Runtime with its CUDA provider, as Maven's repository on this machine has it.
///
/// Kiln's own (CUDA 12) is 642 MB: `mvn dependency:get -Dartifact=com.microsoft.onnxruntime:onnxruntime_gpu:1.29.0`.
/// Bytedeco's (CUDA 13) is 129 MB and brings natives alone, so the classes of the same version go with it; `.ci/run`
/// fetches both jars.
///
/// @param classes the jar with ONNX Runtime's Java classes and their JNI library
/// @param natives the jar with the engine and its providers, which may be the same
record GpuLibrary(Path classes, Path natives) {
    static final String PROVIDER = "libonnxruntime_providers_cuda.so";

    private static final Path REPOSITORY =
            Path.of(System.getProperty("user.home"), ".m2", "repository");
    private static final Path OWN =
            REPOSITORY.resolve(
                    "com/microsoft/onnxruntime/onnxruntime_gpu/1.29.0/onnxruntime_gpu-1.29.0.jar");
    private static final Path BYTEDECO =
            REPOSITORY.resolve(
                    "org/bytedeco/onnxruntime/1.24.1-1.5.13/onnxruntime-1.24.1-1.5.13-linux-x86_64-gpu.jar");
    private static final Path BYTEDECO_CLASSES =
            REPOSITORY.resolve(
                    "com/microsoft/onnxruntime/onnxruntime/1.24.1/onnxruntime-1.24.1.jar");

    /// The one that is here: the small one first.
    static Optional<GpuLibrary> inRepository() {
        if (Files.exists(BYTEDECO) && Files.exists(BYTEDECO_CLASSES)) {
            return Optional.of(new GpuLibrary(BYTEDECO_CLASSES, BYTEDECO));
        }
        return Files.exists(OWN) ? Optional.of(new GpuLibrary(OWN, OWN)) : Optional.empty();
    }

    /// Puts the libraries of Linux x86-64 into a folder, under the names that ONNX Runtime looks for.
    void unpack(Path folder) throws IOException {
        copy(natives, "(?:ai/onnxruntime/native/linux-x64|org/bytedeco/.*)/lib.*", folder);
        copy(classes, "ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni\\.so", folder);
    }

    private static void copy(Path jar, String pattern, Path folder) throws IOException {
        try (var file = new JarFile(jar.toFile())) {
            for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements(); ) {
                JarEntry entry = all.nextElement();
                Path to = folder.resolve(entry.getName().replaceAll(".*/|\\.1$", ""));
                if (entry.getName().matches(pattern) && Files.notExists(to)) {
                    try (var content = file.getInputStream(entry)) {
                        Files.copy(content, to);
                    }
                }
            }
        }
    }
}
