package dev.kiln.core.model;

/// What an engine eats, free of any tensor library.
public sealed interface ModelInput {
    /// A text; lone surrogates never occur.
    record Text(String text) implements ModelInput {}
}
