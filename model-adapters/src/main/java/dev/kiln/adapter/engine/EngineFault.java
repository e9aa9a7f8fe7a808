package dev.kiln.adapter.engine;

import dev.kiln.core.model.ModelFault;
import java.util.regex.Pattern;

/// What an engine said when it failed, with its want of memory told apart: engines have no type for that, only words.
public final class EngineFault {
    private static final Pattern NO_MEMORY =
            Pattern.compile(
                    "bad.?alloc|failed to allocate memory|can't allocate memory|cannot allocate memory|out of memory|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED|CUDNN_STATUS_ALLOC_FAILED",
                    Pattern.CASE_INSENSITIVE);

    private EngineFault() {}

    /// The fault of a run.
    ///
    /// @param engine its name for people
    /// @param said its own words
    public static ModelFault of(String engine, String said, Exception cause) {
        String message = "%s failed: %s".formatted(engine, said);
        if (!NO_MEMORY.matcher(said + " " + cause.getMessage()).find()) {
            return new ModelFault(message, cause);
        }
        ModelFault fault = ModelFault.outOfMemory(message);
        fault.initCause(cause);
        return fault;
    }
}
