package dev.kiln.core.model;

/// The engine failed. Logged once with batch shape and model digest; callers get `RUN_MODEL_ERROR` and no details.
public final class ModelFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean outOfMemory;
    private final boolean deviceLost;

    public ModelFault(String message, Throwable cause) {
        super(message, cause);
        this.outOfMemory = isOutOfMemory(cause);
        this.deviceLost = isDeviceLost(cause);
    }

    public ModelFault(String message) {
        this(message, false, false);
    }

    private ModelFault(String message, boolean outOfMemory, boolean deviceLost) {
        super(message);
        this.outOfMemory = outOfMemory;
        this.deviceLost = deviceLost;
    }

    /// The engine had no memory for this batch; a smaller one may pass.
    public static ModelFault outOfMemory(String message) {
        return new ModelFault(message, true, false);
    }

    /// The device is gone or unusable for this process: no batch will pass on it any more.
    public static ModelFault deviceLost(String message) {
        return new ModelFault(message, false, true);
    }

    /// Whether memory was what lacked, so that the same items may pass in smaller batches.
    public boolean outOfMemory() {
        return outOfMemory;
    }

    /// Whether the device itself was lost, so that trying again is no use.
    public boolean deviceLost() {
        return deviceLost;
    }

    private static boolean isDeviceLost(Throwable cause) {
        for (Throwable at = cause; at != null; at = at.getCause()) {
            if (at instanceof ModelFault fault && fault.deviceLost) {
                return true;
            }
        }
        return false;
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
