package dev.kiln.core.model;

/// The engine failed. Logged once with batch shape and model digest; callers get `RUN_MODEL_ERROR` and no details.
public final class ModelFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean outOfMemory;

    public ModelFault(String message, Throwable cause) {
        super(message, cause);
        this.outOfMemory = isOutOfMemory(cause);
    }

    public ModelFault(String message) {
        this(message, false);
    }

    private ModelFault(String message, boolean outOfMemory) {
        super(message);
        this.outOfMemory = outOfMemory;
    }

    /// The engine had no memory for this batch; a smaller one may pass.
    public static ModelFault outOfMemory(String message) {
        return new ModelFault(message, true);
    }

    /// Whether memory was what lacked, so that the same items may pass in smaller batches.
    public boolean outOfMemory() {
        return outOfMemory;
    }

    private static boolean isOutOfMemory(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof OutOfMemoryError
                    || (at instanceof ModelFault fault && fault.outOfMemory)) {
                return true;
            }
        }
        return false;
    }
}
