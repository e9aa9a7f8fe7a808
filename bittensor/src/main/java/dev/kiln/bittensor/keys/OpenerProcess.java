package dev.kiln.bittensor.keys;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/// Opens and encrypts keyfiles in a process of its own, so that the hundreds of megabytes which that takes are gone
/// with it and never count against this one.
///
/// The password goes over the child's standard input, not its command line or environment; the secret comes back over
/// a pipe. The child's environment is empty.
///
/// **Threads:** any; each call starts its own child and waits for it.
final class OpenerProcess {
    /// Argon2i's 512 MiB in one array, and room for the JVM beside it.
    private static final String MOST_HEAP = "-Xmx620m";

    /// Uncontended, `$NACL` takes about 5 s and Fernet's ten million rounds about as long.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private final List<String> command;
    private final Duration longest;

    OpenerProcess() {
        this(MOST_HEAP, LONGEST);
    }

    OpenerProcess(String heap, Duration longest) {
        this.command =
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        heap,
                        "-Xmn16m",
                        "-XX:+UseSerialGC",
                        // A tenth less time where the system grants it: blocks are read all over
                        // the
                        // place.
                        "-XX:+IgnoreUnrecognizedVMOptions",
                        "-XX:+UseTransparentHugePages",
                        "-XX:+DisplayVMOutputToStderr",
                        "-XX:-UsePerfData",
                        "-XX:-CreateCoredumpOnCrash",
                        "-XX:+DisableAttachMechanism",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KeyfileOpener.class.getName());
        this.longest = longest;
    }

    /// What an encrypted file holds.
    ///
    /// @throws KeyFormatException if the password is wrong or the file damaged
    /// @throws IOException if the child cannot run, has not enough memory or takes too long
    byte[] open(byte[] file, Password password) throws KeyFormatException, IOException {
        return run(KeyfileOpener.OPEN, file, password);
    }

    /// A `$NACL` file of the content.
    byte[] seal(byte[] content, Password password) throws KeyFormatException, IOException {
        return run(KeyfileOpener.SEAL, content, password);
    }

    private byte[] run(int what, byte[] content, Password password)
            throws KeyFormatException, IOException {
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().clear();
        Process child = builder.start();
        try {
            FutureTask<byte[]> out = reading("opener-out", child.getInputStream());
            FutureTask<byte[]> err = reading("opener-err", child.getErrorStream());
            Thread.ofVirtual().name("opener-in").start(() -> feed(child, what, content, password));
            if (!child.waitFor(longest.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        "opening took longer than %d s and was stopped"
                                .formatted(longest.toSeconds()));
            }
            return result(child.exitValue(), out.get(), err.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted").initCause(e);
        } catch (ExecutionException e) {
            throw new IOException("the opening process cannot be read", e.getCause());
        } finally {
            child.destroyForcibly();
        }
    }

    private static FutureTask<byte[]> reading(String name, InputStream in) {
        FutureTask<byte[]> task = new FutureTask<>(() -> in.readNBytes(KeyfileOpener.MOST));
        Thread.ofVirtual().name(name).start(task);
        return task;
    }

    private static void feed(Process child, int what, byte[] content, Password password) {
        try (DataOutputStream in = new DataOutputStream(child.getOutputStream())) {
            byte[] secret = password.utf8();
            in.writeByte(what);
            in.writeInt(secret.length);
            in.write(secret);
            in.writeInt(content.length);
            in.write(content);
        } catch (IOException _) {
            // A child that ended early says why in its exit code.
        }
    }

    private static byte[] result(int exit, byte[] out, byte[] err)
            throws KeyFormatException, IOException {
        if (exit == KeyfileOpener.OK) {
            return out;
        }
        if (exit == KeyfileOpener.REFUSED) {
            throw new KeyFormatException(new String(out, UTF_8));
        }
        String said = new String(err, UTF_8).lines().findFirst().orElse("").strip();
        boolean memory =
                exit == KeyfileOpener.OUT_OF_MEMORY
                        || exit == 128 + 9
                        || said.contains("memory")
                        || said.contains("object heap");
        throw new IOException(
                memory
                        ? "there is not enough memory: opening an encrypted keyfile takes 700 MB for some seconds, in a process of its own"
                        : "the opening process ended with %d %s".formatted(exit, said).strip());
    }
}
