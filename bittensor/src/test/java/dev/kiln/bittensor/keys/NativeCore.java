package dev.kiln.bittensor.keys;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.ObjDoubleConsumer;

/// The signatures of the Python SDK's native core, schnorrkel in Rust, in a process of their own: an implementation that
/// shares nothing with ours.
///
/// **Threads:** one.
final class NativeCore implements AutoCloseable {
    /// What to do where it is not there.
    static final String MISSING =
            "no .venv at the repository's root; `interop/setup` makes it with the SDK in it";

    private static final int SHORT = 0xffff;

    /// Asked of it: whether a signature holds, or, with none, for one made from a seed.
    ///
    /// @param key public key, or seed; 32 bytes
    /// @param signature any bytes; none asks for a signature
    /// @param message at most 65535 bytes
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    record Asked(byte[] key, byte[] signature, byte[] message) {
        Asked {
            if (key.length != 32 || signature.length > SHORT || message.length > SHORT) {
                throw new IllegalArgumentException("32 bytes of key, and 65535 of the others");
            }
        }
    }

    private final Process process;
    private final DataOutputStream in;
    private final DataInputStream out;

    private NativeCore(Process process) {
        this.process = process;
        this.in =
                new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
        this.out = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
    }

    /// Empty where the SDK is not installed.
    static Optional<NativeCore> start() throws IOException {
        Optional<Process> started = python();
        return started.map(NativeCore::new);
    }

    private static Optional<Process> python(String... args) throws IOException {
        Path root = Path.of(System.getProperty("kiln.root", "..")).toAbsolutePath().normalize();
        Path interpreter = root.resolve(".venv/bin/python");
        if (!Files.isExecutable(interpreter)) {
            return Optional.empty();
        }
        Path driver = root.resolve("bittensor/src/test/resources/interop/keys.py");
        var builder = new ProcessBuilder(interpreter.toString(), driver.toString());
        builder.command().addAll(List.of(args));
        return Optional.of(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    /// Sends a batch; its replies are to be read, one after the other, before the next one is sent.
    void send(List<Asked> batch) throws IOException {
        in.writeInt(batch.size());
        for (Asked asked : batch) {
            write(in, asked);
        }
        in.flush();
    }

    private static void write(DataOutputStream to, Asked asked) throws IOException {
        to.writeShort(asked.signature().length);
        to.writeShort(asked.message().length);
        to.write(asked.key());
        to.write(asked.signature());
        to.write(asked.message());
    }

    boolean readVerdict() throws IOException {
        return out.readByte() != 0;
    }

    /// A public key and a signature of it.
    byte[][] readSigned() throws IOException {
        return new byte[][] {out.readNBytes(32), out.readNBytes(64)};
    }

    /// Times its signing and verifying for about sixteen seconds, with the core's own objects ready-made.
    ///
    /// @param asked a seed, a message and its signature
    /// @param into told `nativeSign` or `nativeVerify` and microseconds for one
    /// @return false where the SDK is not installed
    static boolean time(Asked asked, ObjDoubleConsumer<String> into) throws IOException {
        Optional<Process> started = python("time");
        if (started.isEmpty()) {
            return false;
        }
        try (var to = new DataOutputStream(started.get().getOutputStream());
                BufferedReader lines = started.get().inputReader(StandardCharsets.US_ASCII)) {
            write(to, asked);
            to.flush();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int space = line.indexOf(' ');
                into.accept(line.substring(0, space), Double.parseDouble(line.substring(space)));
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        try {
            in.writeInt(0);
            in.flush();
        } finally {
            process.destroy();
        }
    }
}
