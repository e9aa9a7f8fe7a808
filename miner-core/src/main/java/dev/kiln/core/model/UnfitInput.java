package dev.kiln.core.model;

/// The model cannot eat this input. The message may be shown to the caller. Carries no stack trace.
public final class UnfitInput extends Exception {
    private static final long serialVersionUID = 1L;

    public UnfitInput(String message) {
        super(message, null, false, false);
    }
}
