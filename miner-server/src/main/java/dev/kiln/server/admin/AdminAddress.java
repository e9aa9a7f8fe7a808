package dev.kiln.server.admin;

import java.io.IOException;
import java.time.Instant;
import java.util.List;

/// Where a server's admin port is, and which process that is: a token is not for whoever has the port afterwards.
///
/// @param pid of the server
/// @param started epoch milliseconds of that process's start, 0 where the system does not tell
record AdminAddress(String url, long pid, long started) {
    /// The address of this very process.
    static AdminAddress own(String url) {
        ProcessHandle self = ProcessHandle.current();
        return new AdminAddress(url, self.pid(), startOf(self));
    }

    /// Reads what [#text] wrote.
    static AdminAddress parse(String text) throws IOException {
        List<String> words = List.of(text.strip().split("\\s+", -1));
        try {
            return new AdminAddress(
                    words.get(0), Long.parseLong(words.get(1)), Long.parseLong(words.get(2)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new IOException("the admin address is damaged; restart the server", e);
        }
    }

    /// The content of the file.
    String text() {
        return "%s %d %d%n".formatted(url, pid, started);
    }

    /// Whether the process that wrote it still runs.
    boolean alive() {
        return ProcessHandle.of(pid).filter(process -> startOf(process) == started).isPresent();
    }

    private static long startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
