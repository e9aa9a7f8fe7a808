package dev.kiln.server.cli;

import dev.kiln.bittensor.keys.KeyFormatException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;

/// Something done with keys that may fail, and the words for how it failed.
interface Attempt {
    int run() throws KeyFormatException, IOException;

    /// Runs it; what goes wrong becomes one line and [Exit#FAILED].
    static int of(PrintWriter err, Attempt attempt) {
        try {
            return attempt.run();
        } catch (KeyFormatException e) {
            err.println(e.getMessage());
        } catch (FileAlreadyExistsException e) {
            err.println(
                    "%s exists; choose another name, or --force to lose that key"
                            .formatted(e.getFile()));
        } catch (NoSuchFileException e) {
            err.println("%s cannot be read: there is no such file".formatted(e.getFile()));
        } catch (AccessDeniedException e) {
            err.println("%s: permission denied".formatted(e.getFile()));
        } catch (IOException e) {
            err.println("failed: " + (e.getMessage() == null ? e.toString() : e.getMessage()));
        }
        return Exit.FAILED;
    }
}
