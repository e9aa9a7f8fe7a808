package dev.kiln.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/// The secret that whoever changes models must know. Never shown, never logged.
///
/// **Threads:** any.
final class AdminToken {
    private static final int BYTES = 32;
    private static final int SHORTEST = 16;
    private static final int LONGEST_FILE = 4096;
    private static final String SCHEME = "Bearer ";

    private final byte[] digest;

    private AdminToken(String token) {
        this.digest = digest(token);
    }

    /// Reads the token of a file.
    ///
    /// @param make whether a missing file is made, mode 0600
    static AdminToken open(Path file, boolean make) throws IOException {
        if (make && !Files.exists(file)) {
            make(file);
        }
        return new AdminToken(read(file));
    }

    /// The token itself, for those who may read its file.
    static String read(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            throw new IOException(file + " is no token: larger than 4 KiB");
        }
        Set<PosixFilePermission> others = Files.getPosixFilePermissions(file);
        others.removeAll(PosixFilePermissions.fromString("rw-------"));
        if (!others.isEmpty()) {
            throw new IOException(
                    "%s may be read by others; make it 0600: chmod 600 %s".formatted(file, file));
        }
        String token = Files.readString(file).strip();
        if (token.length() < SHORTEST) {
            throw new IOException(
                    "%s holds %d characters, a token has at least %d"
                            .formatted(file, token.length(), SHORTEST));
        }
        return token;
    }

    /// Whether a header carries the token. Takes the same time whatever differs.
    boolean matches(String authorization) {
        boolean scheme = authorization.startsWith(SCHEME);
        byte[] given = digest(scheme ? authorization.substring(SCHEME.length()).strip() : "");
        return MessageDigest.isEqual(given, digest) && scheme;
    }

    private static void make(Path file) throws IOException {
        byte[] secret = new byte[BYTES];
        new SecureRandom().nextBytes(secret);
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var mode =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try {
            Files.createFile(file, mode);
            Files.writeString(
                    file, HexFormat.of().formatHex(secret) + "\n", StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException _) {
            // Another server of this folder made it a moment ago; its token is as good.
        }
    }

    private static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
