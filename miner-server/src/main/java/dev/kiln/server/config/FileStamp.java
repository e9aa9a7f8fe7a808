package dev.kiln.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// What tells two states of a file apart.
record FileStamp(@Nullable FileTime changed, long size, @Nullable Object file) {
    static FileStamp of(Path file) {
        try {
            BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
            return new FileStamp(facts.lastModifiedTime(), facts.size(), facts.fileKey());
        } catch (IOException _) {
            return new FileStamp(null, -1, null);
        }
    }
}
