package dev.kiln.adapter.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Copies and digests files.
final class Verified {
    private static final int PIECE = 1 << 18;

    private Verified() {}

    /// SHA-256 of a file, 64 lower-case hex digits.
    static String sha256(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return copy(in, OutputStream.nullOutputStream(), _ -> {});
        }
    }

    /// Whether a file of this digest lies there.
    static boolean is(Path file, String sha256) throws IOException {
        return Files.isRegularFile(file) && sha256(file).equals(sha256);
    }

    /// Writes a file beside its place and moves it there once it is whole and of this digest; else nothing remains.
    ///
    /// @throws AddFailed if it is another
    static void write(InputStream in, Target target, Disk disk, Progress progress)
            throws IOException, AddFailed {
        Path part = target.place.resolveSibling(target.place.getFileName() + ".part");
        try {
            String found;
            try (OutputStream out = disk.create(part)) {
                found = copy(in, out, done -> progress.at(target.name(), done, target.size));
            }
            if (!found.equals(target.sha256)) {
                throw new AddFailed(
                        "%s: SHA-256 mismatch: expected %s, found %s; this is not the file that the catalogue pins"
                                .formatted(target.name(), target.sha256, found));
            }
            Files.move(part, target.place, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private interface Count {
        void at(long done);
    }

    private static String copy(InputStream in, OutputStream out, Count count) throws IOException {
        MessageDigest digest = digest();
        byte[] piece = new byte[PIECE];
        long done = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            digest.update(piece, 0, read);
            out.write(piece, 0, read);
            done += read;
            count.at(done);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// A file to be.
    ///
    /// @param size bytes, for the progress
    record Target(Path place, long size, String sha256) {
        String name() {
            return String.valueOf(place.getFileName());
        }
    }
}
