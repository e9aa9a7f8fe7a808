package dev.kiln.core.model;

/// One input made ready for the engine by [ModelAdapter#prepare].
public interface Prepared {
    /// What this item costs alone, in the adapter's own unit (tokens for text). A batch costs its largest item's
    /// cost times its size, since smaller items are padded.
    int cost();
}
