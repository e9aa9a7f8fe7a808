package dev.kiln.server;

import dev.kiln.server.config.ConfigException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The folder of what must survive a restart, taken by one server: two would accept each other's replays, and the
/// commands would find only one of them.
///
/// The system gives the lock back when the process ends, however it ends; a file that is left behind means nothing.
final class StateFolder implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StateFolder.class.getName());
    private static final String FILE = "serve.lock";

    /// Behind everything written, so that the process's number can be read where locks shut readers out.
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private static final int LONGEST_TEXT = 64;

    private final Path folder;
    private final @Nullable FileChannel channel;

    private StateFolder(Path folder, @Nullable FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    /// Takes a folder, made if missing. One that cannot be written is nobody's: the parts that need it say so.
    ///
    /// @throws ConfigException if another server has it
    static StateFolder take(Path folder) throws ConfigException {
        try {
            Files.createDirectories(folder);
            return locked(folder);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.INFO, "%s cannot be locked: %s".formatted(folder, e));
            return new StateFolder(folder, null);
        }
    }

    private static StateFolder locked(Path folder) throws IOException, ConfigException {
        FileChannel channel =
                FileChannel.open(
                        folder.resolve(FILE),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        boolean taken = false;
        try {
            if (lock(channel).isEmpty()) {
                throw new ConfigException("state", List.of(inUse(folder, text(channel))));
            }
            channel.truncate(0);
            String own = "process %d%n".formatted(ProcessHandle.current().pid());
            channel.write(ByteBuffer.wrap(own.getBytes(StandardCharsets.UTF_8)), 0);
            taken = true;
            return new StateFolder(folder, channel);
        } finally {
            if (!taken) {
                channel.close();
            }
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock(LOCKED_BYTE, 1, false));
        } catch (OverlappingFileLockException _) {
            return Optional.empty();
        }
    }

    private static String text(FileChannel channel) throws IOException {
        ByteBuffer text = ByteBuffer.allocate(LONGEST_TEXT);
        channel.read(text, 0);
        return new String(text.array(), 0, text.position(), StandardCharsets.UTF_8).strip();
    }

    private static String inUse(Path folder, String who) {
        return "%s is used by another kiln serve, %s; stop that one, or to run both give this one a folder and a port of its own: kiln serve --state FOLDER --port N"
                .formatted(folder, who.isEmpty() ? "a process that is starting" : who);
    }

    Path folder() {
        return folder;
    }

    /// Another server may take it from here on.
    @Override
    public void close() {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the state folder stays locked: " + e);
        }
    }
}
