package dev.kiln.adapter.kind;

/// A picture, decoded.
///
/// @param rgb three bytes a pixel, row by row from the top
@SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
record Pixels(int width, int height, byte[] rgb) {
    /// The centred part of this picture with the sides' ratio of `width` to `height`, as large as it can be.
    Pixels centre(int ratioWidth, int ratioHeight) {
        int across = (int) Math.min(width, Math.round((double) height * ratioWidth / ratioHeight));
        int down = (int) Math.min(height, Math.round((double) width * ratioHeight / ratioWidth));
        int partWidth = Math.max(1, across);
        int partHeight = Math.max(1, down);
        int left = (width - partWidth) / 2;
        int top = (height - partHeight) / 2;
        byte[] part = new byte[3 * partWidth * partHeight];
        for (int y = 0; y < partHeight; y++) {
            System.arraycopy(
                    rgb, 3 * ((top + y) * width + left), part, 3 * y * partWidth, 3 * partWidth);
        }
        return new Pixels(partWidth, partHeight, part);
    }

    /// This picture in the middle of a larger one.
    ///
    /// @param background 0xRRGGBB
    Pixels within(int outerWidth, int outerHeight, int background) {
        byte[] outer = new byte[3 * outerWidth * outerHeight];
        for (int i = 0; i < outer.length; i++) {
            outer[i] = (byte) (background >> (16 - 8 * (i % 3)));
        }
        int left = (outerWidth - width) / 2;
        int top = (outerHeight - height) / 2;
        for (int y = 0; y < height; y++) {
            System.arraycopy(
                    rgb, 3 * y * width, outer, 3 * ((top + y) * outerWidth + left), 3 * width);
        }
        return new Pixels(outerWidth, outerHeight, outer);
    }

    /// How bright a pixel is, 0 to 255, by the weights of ITU-R 601 in Pillow's fixed point.
    int grey(int pixel) {
        int red = rgb[3 * pixel] & 0xFF;
        int green = rgb[3 * pixel + 1] & 0xFF;
        int blue = rgb[3 * pixel + 2] & 0xFF;
        return (red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16;
    }
}
