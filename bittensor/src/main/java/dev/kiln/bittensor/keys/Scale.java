package dev.kiln.bittensor.keys;

import java.nio.charset.StandardCharsets;

/// The one SCALE form that key derivation hashes: a string.
final class Scale {
    private Scale() {}

    /// The compact length of the text's UTF-8 bytes, then those bytes.
    ///
    /// @param text of less than 2^14 bytes
    static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        if (utf8.length >= 1 << 14) {
            throw new IllegalArgumentException(
                    "text of %d bytes is too long".formatted(utf8.length));
        }
        int head = utf8.length < 64 ? 1 : 2;
        int compact = (utf8.length << 2) | (head - 1);
        byte[] out = new byte[head + utf8.length];
        out[0] = (byte) compact;
        if (head == 2) {
            out[1] = (byte) (compact >>> 8);
        }
        System.arraycopy(utf8, 0, out, head, utf8.length);
        return out;
    }
}
