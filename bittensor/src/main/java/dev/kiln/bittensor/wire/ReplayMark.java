package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.kiln.bittensor.keys.Ss58;
import dev.kiln.core.Hotkey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The mark a clean stop leaves on disk: each caller's highest nonce, bound to the miner's hotkey.
///
/// It is good for one start: taking it makes it worthless on disk first, so that a crash afterwards is not mistaken for
/// a clean stop.
final class ReplayMark {
    private static final String MAGIC = "kiln-replay-mark/1";

    /// A mark of 4,096 callers has about 350 kB.
    private static final long MAX_BYTES = 4L << 20;

    private final Path folder;
    private final Path file;
    private final Hotkey miner;

    ReplayMark(Path folder, Hotkey miner) {
        this.folder = folder;
        this.file = folder.resolve("replay.mark");
        this.miner = miner;
    }

    /// The same place, for the mark of another hotkey.
    ReplayMark of(Hotkey other) {
        return new ReplayMark(folder, other);
    }

    /// What [#take] found.
    sealed interface Taken {
        /// The mark of a clean stop.
        ///
        /// @param floor highest nonce of any caller that is not listed
        record Clean(long floor, Map<Hotkey, Long> highest) implements Taken {}

        /// No mark, or none that can be believed.
        record Missing(String why) implements Taken {}

        /// A mark is there and cannot be made worthless: the next start might believe it although it is stale.
        record Stuck(String why) implements Taken {}
    }

    /// Reads the mark and makes it worthless.
    Taken take() {
        if (Files.notExists(folder) || Files.isRegularFile(folder)) {
            return new Taken.Missing("no state folder");
        }
        Taken read = read();
        if (Files.notExists(file) || remove()) {
            return read;
        }
        return new Taken.Stuck(
                "%s can be neither emptied nor deleted: signed requests are refused until it is gone"
                        .formatted(file.getFileName()));
    }

    private Taken read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                return new Taken.Missing("the mark is too large");
            }
            return parse(Files.readString(file, US_ASCII));
        } catch (NoSuchFileException _) {
            return new Taken.Missing("no mark");
        } catch (IOException e) {
            return new Taken.Missing("the mark cannot be read: " + e.getClass().getSimpleName());
        } catch (IllegalArgumentException _) {
            return new Taken.Missing("the mark is corrupt");
        }
    }

    private Taken parse(String text) {
        int end = text.lastIndexOf("sha256 ");
        if (end < 0 || !text.substring(end).equals(checksum(text.substring(0, end)))) {
            return new Taken.Missing("the mark is corrupt");
        }
        List<String> lines = text.substring(0, end).lines().toList();
        if (lines.size() < 3 || !lines.get(0).equals(MAGIC) || !lines.get(2).startsWith("floor ")) {
            return new Taken.Missing("the mark is of another version");
        }
        if (!lines.get(1).equals("miner " + miner.hex())) {
            return new Taken.Missing("the mark is of another hotkey");
        }
        long floor = Long.parseLong(lines.get(2).substring("floor ".length()));
        Map<Hotkey, Long> highest = new HashMap<>();
        for (String line : lines.subList(3, lines.size())) {
            int blank = line.indexOf(' ');
            byte[] caller = HexFormat.of().parseHex(line.substring(0, Math.max(0, blank)));
            highest.put(Ss58.hotkey(caller), Long.parseLong(line.substring(blank + 1)));
        }
        return new Taken.Clean(floor, highest);
    }

    private static String checksum(String text) {
        return "sha256 " + Digests.sha256Hex(text.getBytes(US_ASCII)) + "\n";
    }

    /// Makes the mark worthless for good: emptied and forced to disk, then deleted.
    ///
    /// @return whether no later start can believe it
    boolean remove() {
        boolean emptied = false;
        try (FileChannel channel = FileChannel.open(file, WRITE, TRUNCATE_EXISTING)) {
            channel.force(true);
            emptied = true;
        } catch (NoSuchFileException _) {
            return true;
        } catch (IOException _) {
            emptied = false; // deleting it may still work
        }
        try {
            Files.deleteIfExists(file);
            return emptied || forceFolder();
        } catch (IOException _) {
            return emptied;
        }
    }

    /// Writes the mark whole or not at all.
    ///
    /// @return what went wrong, if anything
    Optional<String> leave(long floor, Map<Hotkey, Long> highest) {
        var text = new StringBuilder();
        text.append(MAGIC).append("\nminer ").append(miner.hex()).append("\nfloor ");
        text.append(floor).append('\n');
        highest.forEach((caller, nonce) ->
                text.append(caller.hex()).append(' ').append(nonce).append('\n'));
        text.append(checksum(text.toString()));
        Path temporary = folder.resolve("replay.mark.tmp");
        try {
            Files.createDirectories(folder);
            Files.deleteIfExists(temporary);
            try (FileChannel channel =
                    FileChannel.open(temporary, Set.of(CREATE_NEW, WRITE), ownerOnly())) {
                ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(US_ASCII));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            forceFolder();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "the replay mark cannot be written (%s); the next start counts this stop as unclean"
                            .formatted(e.getClass().getSimpleName()));
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }

    private boolean forceFolder() {
        try (FileChannel channel = FileChannel.open(folder, READ)) {
            channel.force(true);
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
