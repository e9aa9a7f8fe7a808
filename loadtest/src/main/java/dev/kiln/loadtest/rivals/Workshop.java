package dev.kiln.loadtest.rivals;

import java.nio.file.Path;

/// Where the rivals' scripts lie, and what their setup made.
///
/// @param root of the repository
record Workshop(Path root) {
    Path scripts() {
        return root.resolve("loadtest").resolve("rivals");
    }

    Path models() {
        return made().resolve("models");
    }

    /// The Python of one rival's environment.
    Path python(String rival) {
        return made().resolve(rival).resolve("bin").resolve("python");
    }

    /// Stands where an environment was made whole.
    Path made(String rival) {
        return made().resolve(rival).resolve("made");
    }

    private Path made() {
        return root.resolve(".venv-rivals");
    }
}
