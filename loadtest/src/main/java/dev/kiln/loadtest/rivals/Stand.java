package dev.kiln.loadtest.rivals;

import dev.kiln.core.Hotkey;
import java.io.IOException;
import java.net.URI;

/// A server that runs.
interface Stand {
    URI url();

    /// Whom callers sign for.
    Hotkey hotkey();

    /// How it is configured, with the versions that run, in its own words.
    String configuration();

    /// Processor time that compiling took up to now, in nanoseconds; 0 where the system does not compile as it runs.
    default long compilingNanos() {
        return 0;
    }

    /// What it said last.
    String tail();

    /// Ends it, and whatever it has started.
    void stop() throws IOException, InterruptedException;
}
