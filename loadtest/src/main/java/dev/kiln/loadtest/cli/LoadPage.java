package dev.kiln.loadtest.cli;

import dev.kiln.loadtest.page.Page;
import dev.kiln.loadtest.page.PageFile;
import dev.kiln.loadtest.report.LoadRun;
import java.io.IOException;
import java.nio.file.Path;

/// The `--html` of a load command.
final class LoadPage {
    private LoadPage() {}

    /// Fails before a run rather than after it.
    static void require(LoadOptions options) throws Failure {
        Path file = options.html;
        if (file != null) {
            try {
                PageFile.require(file);
            } catch (IOException e) {
                throw LoadOptions.cannot(String.valueOf(e.getMessage()));
            }
        }
    }

    /// Writes the page, if one was asked for.
    static void write(LoadOptions options, LoadRun run, Screen screen) throws Failure {
        Path file = options.html;
        if (file != null) {
            try {
                PageFile.write(file, Page.of(run));
                screen.say("report      " + file);
            } catch (IOException e) {
                throw LoadOptions.cannot(String.valueOf(e.getMessage()));
            }
        }
    }
}
