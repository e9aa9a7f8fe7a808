package dev.kiln.adapter.kind;

import dev.kiln.core.model.UnfitInput;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.zip.CRC32;

/// The chunks of a PNG.
final class PngParts {
    private static final int SIGNATURE = 8;
    private static final int FRAME = 12; // length, type and checksum
    private static final int IHDR_BYTES = 13;
    private static final Set<String> NEEDED = Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND");

    private PngParts() {}

    static ImageHeader header(byte[] encoded) throws UnfitInput {
        var bare = new ByteArrayOutputStream(encoded.length);
        bare.write(encoded, 0, SIGNATURE);
        ByteBuffer in = ByteBuffer.wrap(encoded).position(SIGNATURE);
        int width = 0;
        int height = 0;
        boolean pixels = false;
        for (boolean first = true; ; first = false) {
            String type = next(in);
            int length = in.getInt(in.position());
            if (first != type.equals("IHDR") || (first && length != IHDR_BYTES)) {
                throw new UnfitInput("the PNG does not start with one header");
            }
            if (first) {
                width = in.getInt(in.position() + 8);
                height = in.getInt(in.position() + 12);
            }
            if (type.equals("acTL")) {
                throw new UnfitInput("the PNG is animated; send one frame");
            }
            if (NEEDED.contains(type)) {
                checked(in, length, type);
                bare.write(encoded, in.position(), FRAME + length);
            }
            pixels |= type.equals("IDAT");
            if (type.equals("IEND")) {
                if (!pixels) {
                    throw new UnfitInput("the PNG holds no pixels");
                }
                return new ImageHeader("png", width, height, bare.toByteArray());
            }
            in.position(in.position() + FRAME + length);
        }
    }

    /// The type of the chunk at the position, known to lie inside the file whole.
    private static String next(ByteBuffer in) throws UnfitInput {
        if (in.remaining() < FRAME) {
            throw new UnfitInput("the PNG is cut short after %d bytes".formatted(in.limit()));
        }
        int length = in.getInt(in.position());
        if (length < 0 || length > in.remaining() - FRAME) {
            throw new UnfitInput(
                    "the PNG is cut short: a part of %s bytes at byte %d, %d bytes in all"
                            .formatted(
                                    Integer.toUnsignedString(length), in.position(), in.limit()));
        }
        byte[] type = new byte[4];
        in.get(in.position() + 4, type);
        return new String(type, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    private static void checked(ByteBuffer in, int length, String type) throws UnfitInput {
        var crc = new CRC32();
        crc.update(in.slice(in.position() + 4, 4 + length));
        if ((int) crc.getValue() != in.getInt(in.position() + 8 + length)) {
            throw new UnfitInput("the PNG is damaged: checksum of its part " + type);
        }
    }
}
