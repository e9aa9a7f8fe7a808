package dev.kiln.bittensor.keys;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keeps this process, and with it all that it starts, on one core.
final class OneCore {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Pattern LAST = Pattern.compile("Cpus_allowed_list:\\s.*?([0-9]+)\n");

    private OneCore() {}

    /// The core: the last one that this process may use. Empty where there is no `taskset`.
    static OptionalInt pin() throws InterruptedException {
        try {
            Matcher last = LAST.matcher(Files.readString(STATUS));
            if (!last.find()) {
                return OptionalInt.empty();
            }
            String pid = Long.toString(ProcessHandle.current().pid());
            int failed =
                    new ProcessBuilder("taskset", "-a", "-c", "-p", last.group(1), pid)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor();
            return failed == 0
                    ? OptionalInt.of(Integer.parseInt(last.group(1)))
                    : OptionalInt.empty();
        } catch (IOException _) {
            return OptionalInt.empty();
        }
    }
}
