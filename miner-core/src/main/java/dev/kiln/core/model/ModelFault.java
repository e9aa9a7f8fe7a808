package dev.kiln.core.model;

/// The engine failed. Logged once with batch shape and model digest; callers get `RUN_MODEL_ERROR` and no details.
public final class ModelFault extends Exception {
    private static final long serialVersionUID = 1L;

    public ModelFault(String message, Throwable cause) {
        super(message, cause);
    }

    public ModelFault(String message) {
        super(message);
    }
}
