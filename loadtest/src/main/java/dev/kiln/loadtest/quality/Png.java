package dev.kiln.loadtest.quality;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/// Writes pictures as PNG, eight bits a colour, without any library.
final class Png {
    private static final byte[] MAGIC = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    private Png() {}

    /// @param rgb rows from above, three bytes a pixel
    static byte[] rgb(int width, int height, byte[] rgb) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.write(MAGIC);
        var head = new ByteArrayOutputStream();
        head.writeBytes(big(width));
        head.writeBytes(big(height));
        head.writeBytes(new byte[] {8, 2, 0, 0, 0});
        chunk(bytes, "IHDR", head.toByteArray());
        var pixels = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(pixels)) {
            for (int row = 0; row < height; row++) {
                deflater.write(0);
                deflater.write(rgb, row * 3 * width, 3 * width);
            }
        }
        chunk(bytes, "IDAT", pixels.toByteArray());
        chunk(bytes, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream to, String name, byte[] data) {
        byte[] type = name.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(type);
        checksum.update(data);
        to.writeBytes(big(data.length));
        to.writeBytes(type);
        to.writeBytes(data);
        to.writeBytes(big((int) checksum.getValue()));
    }

    private static byte[] big(int value) {
        return new byte[] {
            (byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value
        };
    }
}
