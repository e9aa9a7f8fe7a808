package dev.kiln.bittensor.keys;

import dev.kiln.core.Hotkey;
import dev.kiln.core.Scheme;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Bittensor keyfiles: one key in one file, as JSON or encrypted, readable by its owner alone.
///
/// **Threads:** any; two writers of one path leave one whole file.
public final class Keyfile {
    /// The largest file that is read, in bytes.
    public static final int MAX_SIZE = 64 * 1024;

    private static final Set<PosixFilePermission> OTHERS_READ =
            EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

    private Keyfile() {}

    /// What anybody may know of a key.
    public record PublicKey(Hotkey hotkey, Scheme scheme) {}

    /// Reads the key that a wallet wrote without a password.
    ///
    /// The secret is taken from `privateKey`, else `secretSeed`, else `secretPhrase`; everything else in the file must
    /// agree with it. The scheme is `cryptoType`, sr25519 if missing.
    ///
    /// @throws KeyFormatException if the file is encrypted, malformed, public only or at odds with itself; the message
    ///     names the file and the member and holds no secret
    /// @throws IOException if the file cannot be read
    public static KeyPair read(Path file) throws KeyFormatException, IOException {
        return about(file, () -> KeyfileJson.read(bytes(file)));
    }

    /// Reads the key that a wallet wrote, encrypted or not. An encrypted one is opened in a process of its own, which
    /// takes seconds and hundreds of megabytes.
    ///
    /// @param passwords asked only if the file is encrypted
    /// @throws KeyFormatException as above, and if the password is missing or wrong
    /// @throws IOException if the file cannot be read, or the process not run to its end
    public static KeyPair read(Path file, Passwords passwords)
            throws KeyFormatException, IOException {
        return about(
                file,
                () -> {
                    byte[] content = bytes(file);
                    if (EncryptedKeyfile.of(content).isPresent()) {
                        content = new OpenerProcess().open(content, passwords.of(file));
                    }
                    return KeyfileJson.read(content);
                });
    }

    /// Whether the file is encrypted in a way that [#read(Path, Passwords)] knows.
    public static boolean isEncrypted(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return EncryptedKeyfile.of(in.readNBytes(32)).isPresent();
        }
    }

    /// Reads what is public of a key: from the file itself, or if it is encrypted from the public file beside it.
    ///
    /// @throws KeyFormatException if neither says it
    public static PublicKey readPublic(Path file) throws KeyFormatException, IOException {
        if (!isEncrypted(file)) {
            return about(file, () -> KeyfileJson.readPublic(bytes(file)));
        }
        Path beside = Wallets.publicFile(file);
        if (!Files.exists(beside)) {
            throw new KeyFormatException(
                    "keyfile %s: is encrypted, and there is no %s beside it"
                            .formatted(file, beside.getFileName()));
        }
        return about(beside, () -> KeyfileJson.readPublic(bytes(beside)));
    }

    private static byte[] bytes(Path file) throws KeyFormatException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_SIZE + 1);
            if (bytes.length > MAX_SIZE) {
                throw new KeyFormatException("larger than 64 KiB, which no keyfile is");
            }
            return bytes;
        }
    }

    /// Reads something of a file.
    private interface Reading<T> {
        T read() throws KeyFormatException, IOException;
    }

    /// Names the file in whatever is wrong with it.
    private static <T> T about(Path file, Reading<T> reading)
            throws KeyFormatException, IOException {
        try {
            return reading.read();
        } catch (KeyFormatException e) {
            throw new KeyFormatException("keyfile %s: %s".formatted(file, e.getMessage()));
        }
    }

    /// Whether the file's mode lets its group or everybody read it, which is worth a warning. False where the file
    /// system has no such modes.
    public static boolean isReadableByOthers(Path file) throws IOException {
        if (!Files.getFileStore(file).supportsFileAttributeView("posix")) {
            return false;
        }
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        return OTHERS_READ.stream().anyMatch(mode::contains);
    }

    /// Writes a key, whole or not at all: into a new file beside it (mode 0600 from the start), to the disk, then under
    /// its name. Missing directories are made with mode 0700.
    ///
    /// @param overwrite whether a file of that name may be replaced
    /// @throws FileAlreadyExistsException if there is one and it may not
    public static void write(Path file, KeyPair key, boolean overwrite) throws IOException {
        write(file, KeyfileJson.write(key), overwrite);
    }

    /// Writes a key as `$NACL`, encrypted in a process of its own, whole or not at all.
    ///
    /// @throws FileAlreadyExistsException if there is a file of that name and it may not be replaced
    public static void writeEncrypted(Path file, KeyPair key, Password password, boolean overwrite)
            throws KeyFormatException, IOException {
        if (!overwrite && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        write(file, new OpenerProcess().seal(KeyfileJson.write(key), password), overwrite);
    }

    /// Writes what anybody may know of a key to the file that wallets keep beside it: `hotkey` → `hotkeypub.txt`.
    ///
    /// @throws FileAlreadyExistsException if there is one and it may not be replaced
    public static void writePublic(Path keyfile, KeyPair key, boolean overwrite)
            throws IOException {
        write(Wallets.publicFile(keyfile), KeyfileJson.writePublic(key), overwrite);
    }

    private static void write(Path file, byte[] content, boolean overwrite) throws IOException {
        Path target = file.toAbsolutePath();
        Path directory = target.getParent();
        if (directory == null) {
            throw new IOException("%s cannot be a keyfile".formatted(file));
        }
        boolean posix = createDirectories(directory);
        String name = ".%s.%s.tmp".formatted(target.getFileName(), suffix());
        Path temporary = directory.resolve(name);
        try {
            writeNew(temporary, content, posix);
            publish(temporary, target, overwrite);
        } finally {
            Files.deleteIfExists(temporary);
        }
        if (posix) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /// Gives the file its name. A hard link fails where the name is taken, which a rename would not.
    private static void publish(Path temporary, Path target, boolean overwrite) throws IOException {
        if (overwrite) {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return;
        }
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException taken) {
            throw taken;
        } catch (UnsupportedOperationException | FileSystemException e) { // no hard links here
            if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new FileAlreadyExistsException(target.toString());
            }
            Files.move(temporary, target);
        }
    }

    private static void writeNew(Path file, byte[] content, boolean posix) throws IOException {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
                        mode("rw-------", posix))) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            channel.force(true);
        }
    }

    /// Makes the directory and those above it where missing.
    ///
    /// @return whether the file system has POSIX modes
    private static boolean createDirectories(Path directory) throws IOException {
        Path existing = directory;
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        boolean posix =
                existing != null && Files.getFileStore(existing).supportsFileAttributeView("posix");
        Files.createDirectories(directory, mode("rwx------", posix));
        return posix;
    }

    private static FileAttribute<?>[] mode(String mode, boolean posix) {
        return posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
                }
                : new FileAttribute<?>[0];
    }

    private static String suffix() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
