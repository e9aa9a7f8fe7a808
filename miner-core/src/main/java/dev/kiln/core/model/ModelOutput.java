package dev.kiln.core.model;

/// What an engine gives, free of any tensor library.
public sealed interface ModelOutput {
    /// A vector of unit length.
    ///
    /// @param vector float32, the model's dimension
    /// @param tokens tokens the model saw, special ones included
    /// @param truncated whether the text was longer than the model's cut
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Embedding(float[] vector, int tokens, boolean truncated) implements ModelOutput {}
}
