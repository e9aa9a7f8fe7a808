package dev.kiln.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads files that an operator names, which may turn out to be anything: a disk image, a device that never ends.
final class SmallFile {
    /// More than any configuration or roster has.
    private static final int LARGEST = 16 << 20;

    private SmallFile() {}

    /// The whole text of a file.
    ///
    /// @throws IOException also if it is larger than 16 MiB or not UTF-8
    static String read(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
            throw new IOException("it is larger than 16 MiB");
        }
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
}
