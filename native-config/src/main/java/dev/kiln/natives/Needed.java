package dev.kiln.natives;

import dev.kiln.natives.GpuFacts.Trouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A library of NVIDIA's that ONNX Runtime's CUDA provider needs, and where to get it.
///
/// @param name what the loader looks for
/// @param major the version that its name stands for
/// @param fact under which the child tells its real version; empty where it tells none
/// @param divisor of that version to its major number
/// @param apt the package for a host
/// @param pip the package for a folder of one's own
record Needed(String name, int major, String fact, int divisor, String apt, String pip) {
    static final String RUNTIME = "1.29.0";
    static final int CUDA_MAJOR = 12;
    static final String DRIVER = "libcuda.so.1";

    /// Where ONNX Runtime takes its libraries from, if not from its jar.
    private static final String FOLDER = "onnxruntime.native.path";

    /// Compute capabilities with machine code in the provider's library in the jar, as its fat binaries name them.
    static final List<String> ARCHITECTURES =
            List.of("6.0", "7.0", "7.5", "8.0", "8.6", "8.9", "9.0", "12.0");

    static final List<Needed> LIBRARIES =
            List.of(
                    new Needed(
                            "libcudart.so.12",
                            12,
                            "version.cudart",
                            1000,
                            "cuda-cudart-12-8",
                            "nvidia-cuda-runtime-cu12"),
                    new Needed(
                            "libcublasLt.so.12", 12, "", 1, "libcublas-12-8", "nvidia-cublas-cu12"),
                    new Needed(
                            "libcublas.so.12", 12, "", 1, "libcublas-12-8", "nvidia-cublas-cu12"),
                    new Needed(
                            "libcurand.so.10", 10, "", 1, "libcurand-12-8", "nvidia-curand-cu12"),
                    new Needed("libcufft.so.11", 11, "", 1, "libcufft-12-8", "nvidia-cufft-cu12"),
                    new Needed(
                            "libnvrtc.so.12",
                            12,
                            "",
                            1,
                            "cuda-nvrtc-12-8",
                            "nvidia-cuda-nvrtc-cu12"),
                    new Needed(
                            "libcudnn.so.9",
                            9,
                            "version.cudnn",
                            10_000,
                            "libcudnn9-cuda-12",
                            "nvidia-cudnn-cu12"));

    /// Where a library, or whatever was tried, comes from.
    static String source(String tried) {
        return LIBRARIES.stream()
                .filter(library -> library.name().equals(tried))
                .map(library -> "package " + library.apt())
                .findFirst()
                .orElse("NVIDIA's driver");
    }

    /// Those of the provider's library that is used here: the one in the folder that was named, or that in the jar.
    static List<String> architectures() {
        String folder = System.getProperty(FOLDER, "");
        try {
            List<String> own =
                    folder.isEmpty()
                            ? List.of()
                            : FatBinaries.architectures(
                                    Path.of(folder, "libonnxruntime_providers_cuda.so"));
            return own.isEmpty() ? ARCHITECTURES : own;
        } catch (IOException e) {
            return ARCHITECTURES;
        }
    }

    /// Machine code runs on its own capability and on later ones of the same major number.
    static boolean hasCode(String capability, List<String> architectures) {
        String[] wanted = capability.split("\\.", -1);
        return capability.equals("unknown")
                || architectures.stream()
                        .map(has -> has.split("\\.", -1))
                        .anyMatch(has ->
                                wanted.length == 2
                                        && has[0].equals(wanted[0])
                                        && GpuFacts.number(has[1]) <= GpuFacts.number(wanted[1]));
    }

    /// What the driver's code means.
    static Trouble driverSaid(String code) {
        return switch (code) {
            case "100" ->
                    new Trouble(
                            "the driver finds no GPU (CUDA error 100)",
                            "start the container with --gpus all; unset CUDA_VISIBLE_DEVICES; nvidia-smi must list one");
            case "803", "804" ->
                    new Trouble(
                            "the driver's library and its kernel module are of different versions (CUDA error %s)"
                                    .formatted(code),
                            "restart the machine, or remove cuda-compat from LD_LIBRARY_PATH");
            default ->
                    new Trouble(
                            "the driver cannot start (CUDA error %s)".formatted(code),
                            "look at dmesg for Xid and NVRM lines; restart the machine");
        };
    }

    Optional<Trouble> trouble(ProbeFacts facts, String libraryPath) {
        Optional<String> error = facts.value("error." + name);
        if (error.isPresent()) {
            return Optional.of(notLoaded(error.get(), libraryPath));
        }
        int version = facts.value(fact).map(GpuFacts::number).orElse(0);
        // cuDNN 8 counted its versions in thousands, as CUDA does.
        int found = version / (version < divisor ? 1000 : divisor);
        if (version == 0 || found == major) {
            return Optional.empty();
        }
        String path = facts.value("path." + name).orElse(name);
        return Optional.of(
                new Trouble(
                        "%s says it is of version %d, the name promises %d%s"
                                .formatted(path, found, major, others(libraryPath)),
                        "take the folder of %s off LD_LIBRARY_PATH, or put that of %s first"
                                .formatted(path, apt)));
    }

    private Trouble notLoaded(String error, String libraryPath) {
        if (error.contains("file too short") || error.contains("invalid ELF header")) {
            return new Trouble(
                    "%s is truncated or no library: %s".formatted(name, error),
                    "reinstall it: apt-get install --reinstall %s, or pip install --force-reinstall %s"
                            .formatted(apt, pip));
        }
        if (error.contains("ermission denied")) {
            return new Trouble(
                    "%s may not be read: %s".formatted(name, error), "chmod a+r the file it names");
        }
        return new Trouble(
                "%s is not here%s: %s".formatted(name, others(libraryPath), error),
                "apt-get install %s, or: pip install %s and put its lib folder on LD_LIBRARY_PATH"
                        .formatted(apt, pip));
    }

    /// The same library in other versions, or twice, on the loader's path.
    private String others(String libraryPath) {
        String stem = name.substring(0, name.indexOf(".so") + 3);
        List<String> found = new ArrayList<>();
        for (String folder : libraryPath.split(":", -1)) {
            if (!folder.isEmpty()) {
                found.addAll(files(Path.of(folder), stem));
            }
        }
        return found.isEmpty()
                ? ""
                : " (LD_LIBRARY_PATH has %s)".formatted(String.join(", ", found));
    }

    private static List<String> files(Path folder, String stem) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> String.valueOf(file.getFileName()).startsWith(stem))
                    .map(Path::toString)
                    .sorted()
                    .limit(8)
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
