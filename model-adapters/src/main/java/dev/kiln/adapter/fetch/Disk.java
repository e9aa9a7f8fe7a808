package dev.kiln.adapter.fetch;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Where models are written.
interface Disk {
    /// The disk that a path lies on.
    Disk SYSTEM =
            new Disk() {
                @Override
                public long free(Path folder) throws IOException {
                    return Files.getFileStore(folder).getUsableSpace();
                }

                @Override
                public OutputStream create(Path file) throws IOException {
                    FileChannel channel =
                            FileChannel.open(
                                    file,
                                    StandardOpenOption.CREATE,
                                    StandardOpenOption.TRUNCATE_EXISTING,
                                    StandardOpenOption.WRITE);
                    return new FilterOutputStream(Channels.newOutputStream(channel)) {
                        @Override
                        public void write(byte[] from, int offset, int length) throws IOException {
                            out.write(from, offset, length);
                        }

                        @Override
                        public void close() throws IOException {
                            try (channel) {
                                channel.force(true);
                            }
                        }
                    };
                }
            };

    /// Bytes that may still be written.
    long free(Path folder) throws IOException;

    /// A new file; on the disk for good once it is closed.
    OutputStream create(Path file) throws IOException;
}
