package dev.kiln.adapter.kind;

/// How the vectors of a text's tokens become one.
public enum Pooling {
    /// Their average.
    MEAN,
    /// The first token's.
    CLS
}
