package dev.kiln.bittensor.keys;

/// A key, an address or a keyfile that cannot be used as it stands. The message says why and never holds a secret.
public final class KeyFormatException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message what is wrong and what to do, without secret text
    public KeyFormatException(String message) {
        super(message);
    }
}
