package dev.kiln.adapter.kind;

import dev.kiln.core.model.UnfitInput;

/// What an encoded image says about itself before a single pixel is decoded, and the same image without all that the
/// pixels do not need: colour profiles, comments, thumbnails and compressed texts never reach the decoder.
///
/// @param format the decoder's name, `png` or `jpeg`
/// @param width pixels, at least 1
/// @param height pixels, at least 1
/// @param bare the image, reduced to what its pixels need
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record ImageHeader(String format, int width, int height, byte[] bare) {
    /// Reads the header of a JPEG or PNG.
    ///
    /// @throws UnfitInput if it is neither, is animated, cut short, of a kind that is not decoded, or larger than allowed
    static ImageHeader read(byte[] encoded, long maxPixels) throws UnfitInput {
        ImageHeader header = unbounded(encoded);
        if (header.width < 1 || header.height < 1) {
            throw new UnfitInput(
                    "the image is %d x %d pixels; neither side may be zero"
                            .formatted(header.width, header.height));
        }
        if ((long) header.width * header.height > maxPixels) {
            throw new UnfitInput(
                    "the image is %d x %d pixels, at most %d in all; send it smaller"
                            .formatted(header.width, header.height, maxPixels));
        }
        return header;
    }

    private static ImageHeader unbounded(byte[] encoded) throws UnfitInput {
        if (startsWith(encoded, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
            return PngParts.header(encoded);
        }
        if (startsWith(encoded, 0xFF, 0xD8, 0xFF)) {
            return JpegParts.header(encoded);
        }
        throw new UnfitInput("the image is %s; send JPEG or PNG".formatted(kind(encoded)));
    }

    private static String kind(byte[] encoded) {
        if (encoded.length == 0) {
            return "empty";
        }
        if (startsWith(encoded, 'G', 'I', 'F', '8')) {
            return "a GIF";
        }
        if (startsWith(encoded, 'R', 'I', 'F', 'F') && encoded.length > 12 && encoded[8] == 'W') {
            return "a WebP";
        }
        if (startsWith(encoded, 'B', 'M')) {
            return "a BMP";
        }
        if (startsWith(encoded, 'I', 'I', '*', 0) || startsWith(encoded, 'M', 'M', 0, '*')) {
            return "a TIFF";
        }
        return "neither JPEG nor PNG";
    }

    private static boolean startsWith(byte[] encoded, int... magic) {
        if (encoded.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((encoded[i] & 0xFF) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
