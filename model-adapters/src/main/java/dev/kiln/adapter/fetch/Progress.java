package dev.kiln.adapter.fetch;

/// Hears how far it is. Called on the thread that adds.
public interface Progress {
    /// Something begins or is done.
    void say(String line);

    /// Bytes of a file so far; called for each piece.
    void at(String file, long done, long total);
}
