package dev.kiln.adapter.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import dev.kiln.core.model.ModelFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/// ONNX Runtime's provider for NVIDIA's GPUs, where this build carries it.
public final class Cuda {
    /// What a build without it says.
    public static final String NOT_IN_BUILD =
            "this build carries ONNX Runtime's CPU natives only; build with -Pcuda for a GPU";

    private static final String LIBRARY = "libonnxruntime_providers_cuda.so";

    private Cuda() {}

    /// Whether this build carries the provider's library. Loads nothing.
    public static boolean inBuild() {
        String unpacked = System.getProperty("onnxruntime.native.path", "");
        return (!unpacked.isEmpty() && Files.exists(Path.of(unpacked, LIBRARY)))
                || OrtEnvironment.class.getResource("/ai/onnxruntime/native/linux-x64/" + LIBRARY)
                        != null;
    }

    /// Adds the provider for one GPU. May load libraries that crash the process: a child process tries it first.
    ///
    /// @param device `cuda:0` and the like
    /// @throws ModelFault in a build without it
    static void add(SessionOptions options, String device) throws OrtException, ModelFault {
        if (!inBuild()) {
            throw new ModelFault(NOT_IN_BUILD);
        }
        requireWhole();
        int index = Integer.parseInt(device.substring(device.indexOf(':') + 1));
        try (var cuda = new OrtCUDAProviderOptions(index)) {
            // Every batch has a shape of its own: no search for the fastest convolution of each, no
            // memory for the next
            // power of two.
            cuda.add("cudnn_conv_algo_search", "HEURISTIC");
            cuda.add("arena_extend_strategy", "kSameAsRequested");
            options.addCUDA(cuda);
        }
    }

    /// A library that was unpacked beforehand may be a copy that broke off.
    private static void requireWhole() throws ModelFault {
        Path file = Path.of(System.getProperty("onnxruntime.native.path", ""), LIBRARY);
        try {
            OptionalLong bytes = Files.exists(file) ? ElfFile.missing(file) : OptionalLong.empty();
            if (bytes.isPresent()) {
                throw new ModelFault(
                        "%s is cut off: it has %d bytes, its own header asks for %d; copy it again"
                                .formatted(file, Files.size(file), bytes.getAsLong()));
            }
        } catch (IOException e) {
            throw new ModelFault("%s cannot be read: %s".formatted(file, e), e);
        }
    }
}
