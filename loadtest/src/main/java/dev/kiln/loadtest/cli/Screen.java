package dev.kiln.loadtest.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.Optional;

/// Where a command tells what it does: whole lines, and one live line that is rewritten in place on a terminal.
///
/// **Threads:** any.
final class Screen {
    private static final String CLEAR_LINE = "\r\u001B[K";

    private final PrintStream out;
    private final boolean inPlace;
    private boolean liveShown; // guarded by this

    Screen(PrintStream out, boolean inPlace) {
        this.out = out;
        this.inPlace = inPlace;
    }

    /// On a stream, in place if the process has a terminal.
    static Screen on(PrintStream out) {
        return new Screen(out, isTerminal());
    }

    private static boolean isTerminal() {
        return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }

    /// Says one line.
    synchronized void say(String line) {
        endLive();
        out.println(line);
        out.flush();
    }

    /// Shows how far something is.
    synchronized void live(String line) {
        if (inPlace) {
            out.print(CLEAR_LINE + line);
            liveShown = true;
        } else {
            out.println(line);
        }
        out.flush();
    }

    private void endLive() {
        if (liveShown) {
            out.print(CLEAR_LINE);
            liveShown = false;
        }
    }
}
