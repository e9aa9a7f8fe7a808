package dev.kiln.adapter.engine;

import dev.kiln.core.model.ModelFault;
import java.util.regex.Pattern;

/// What an engine said when it failed, with want of memory and loss of the device told apart: engines have no type for that, only words.
public final class EngineFault {
    private static final Pattern NO_MEMORY =
            Pattern.compile(
                    "bad.?alloc|failed to allocate memory|can't allocate memory|cannot allocate memory|out of memory|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED",
                    Pattern.CASE_INSENSITIVE);

    /// After these no call of the same process succeeds on the device: it is gone, or its context is broken.
    private static final Pattern DEVICE_LOST =
            Pattern.compile(
                    "CUDA (?:failure|error) (?:4|46|100|101|201|214|219|220|700|702|709|710|714|715|716|717|718|719|720|721|999)\\b"
                            + "|no CUDA-capable device|GPU is lost|illegal memory access|unspecified launch failure"
                            + "|uncorrectable ECC|device-side assert|driver shutting down|context is destroyed"
                            + "|devices? ?unavailable",
                    Pattern.CASE_INSENSITIVE);

    private EngineFault() {}

    /// The fault of a run.
    ///
    /// @param engine its name for people
    /// @param said its own words
    public static ModelFault of(String engine, String said, Exception cause) {
        String message = "%s failed: %s".formatted(engine, said);
        String words = said + " " + cause.getMessage();
        ModelFault fault;
        if (NO_MEMORY.matcher(words).find()) {
            fault = ModelFault.outOfMemory(message);
        } else if (DEVICE_LOST.matcher(words).find()) {
            fault = ModelFault.deviceLost(message);
        } else {
            return new ModelFault(message, cause);
        }
        fault.initCause(cause);
        return fault;
    }
}
