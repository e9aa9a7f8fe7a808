package dev.kiln.loadtest.page;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes a page whole or not at all: a full disk leaves the one that was there.
public final class PageFile {
    private PageFile() {}

    /// Fails where a page could not be put later.
    ///
    /// @throws IOException naming the file
    public static void require(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new IOException(file + " is a folder; name a file in it");
        }
        if (folder == null || !Files.isWritable(folder)) {
            throw new IOException(
                    "%s cannot be written; is its folder there, and yours?".formatted(file));
        }
    }

    /// Writes one page.
    ///
    /// @throws IOException naming the file and what to look at
    public static void write(Path file, String page) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                Files.writeString(file, page);
                return;
            }
            Path folder = file.toAbsolutePath().getParent();
            Path draft = Files.createTempFile(folder, ".report", ".part");
            try {
                Files.writeString(draft, page);
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new IOException(
                    "%s cannot be written (%s); is its folder there, is the disk full?"
                            .formatted(file, why),
                    e);
        }
    }
}
