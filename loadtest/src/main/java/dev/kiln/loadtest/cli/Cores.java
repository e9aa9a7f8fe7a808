package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.miner.Pinning;
import java.util.List;

/// Cores of generator and server.
///
/// @param words what a report says of it
/// @param prefix words that start the server on its own cores
record Cores(String words, List<String> prefix) {
    /// Boxes of more cores have room for both.
    private static final int SMALL_BOX = 4;

    /// Pins this process, and says how the server is to be pinned.
    ///
    /// @param pin `auto`, `none` or a core's number
    /// @param own whether the server is ours to start
    static Cores of(String pin, boolean own) throws Failure, InterruptedException {
        int cores = Runtime.getRuntime().availableProcessors();
        boolean auto = pin.equals("auto");
        if (pin.equals("none") || (auto && (cores < 2 || cores > SMALL_BOX))) {
            return new Cores("not pinned", List.of());
        }
        if (!auto && !pin.matches("[0-9]{1,4}")) {
            throw LoadOptions.cannot("--pin must be auto, none or a core's number, was " + pin);
        }
        int core = auto ? cores - 1 : Integer.parseInt(pin);
        Pinning pinning = Pinning.ofThisProcess(core);
        if (!pinning.works()) {
            return new Cores("not pinned: taskset did not do it", List.of());
        }
        return own
                ? new Cores(
                        "generator on core %d of %d, the server on the others"
                                .formatted(core, cores),
                        pinning.beside(core, cores))
                : new Cores(
                        "generator on core %d of %d, the server where it was"
                                .formatted(core, cores),
                        List.of());
    }
}
