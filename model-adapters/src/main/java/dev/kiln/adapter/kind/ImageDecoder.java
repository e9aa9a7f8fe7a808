package dev.kiln.adapter.kind;

import dev.kiln.core.model.UnfitInput;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Decodes JPEG and PNG to red, green and blue.
///
/// Sixteen bits are cut to the upper eight, grey is spread over the three, what shines through is laid over a background.
/// Colour profiles and gamma are not applied, nor is EXIF's orientation: pixels are taken as they are stored, as common
/// training code does.
///
/// **Threads:** any. A call waits while others hold all the memory that decoding may take.
final class ImageDecoder {
    /// Pictures of the largest size that are decoded at once.
    private static final int AT_ONCE = 2;

    private final int maxPixels;
    private final int background;
    private final Semaphore room;

    ImageDecoder(ImageSettings.Decoding decoding) {
        this.maxPixels = decoding.maxPixels();
        this.background = decoding.background();
        this.room = new Semaphore(Math.multiplyExact(AT_ONCE, maxPixels));
    }

    /// @throws UnfitInput if this is no whole JPEG or PNG of a kind and size that is decoded
    Pixels decode(byte[] encoded) throws UnfitInput {
        return decode(encoded, UnaryOperator.identity());
    }

    /// The same, made smaller while its room is still held.
    Pixels decode(byte[] encoded, UnaryOperator<Pixels> fit) throws UnfitInput {
        ImageHeader header = ImageHeader.read(encoded, maxPixels);
        int pixels = header.width() * header.height();
        room.acquireUninterruptibly(pixels);
        try {
            return fit.apply(pixels(image(header)));
        } finally {
            room.release(pixels);
        }
    }

    private static BufferedImage image(ImageHeader header) throws UnfitInput {
        ImageReader reader = ImageIO.getImageReadersByFormatName(header.format()).next();
        try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(header.bare()))) {
            reader.setInput(in, true, true);
            return reader.read(0);
        } catch (IOException | RuntimeException e) {
            // The JDK's readers throw unchecked exceptions too on damaged images.
            String why = e.getMessage() == null ? "it is damaged" : e.getMessage();
            throw new UnfitInput("the image cannot be decoded: " + why);
        } finally {
            reader.dispose();
        }
    }

    private Pixels pixels(BufferedImage image) {
        byte[] rgb = new byte[3 * image.getWidth() * image.getHeight()];
        if (image.getColorModel() instanceof IndexColorModel palette) {
            fromPalette(image.getRaster(), palette, rgb);
        } else {
            fromBands(image.getRaster(), rgb);
        }
        return new Pixels(image.getWidth(), image.getHeight(), rgb);
    }

    private void fromPalette(Raster raster, IndexColorModel palette, byte[] rgb) {
        int[] row = new int[raster.getWidth()];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getSamples(0, y, row.length, 1, 0, row);
            for (int index : row) {
                int colour = palette.getRGB(Math.min(index, palette.getMapSize() - 1));
                int alpha = colour >>> 24;
                rgb[at++] = over(colour >> 16 & 0xFF, alpha, background >> 16);
                rgb[at++] = over(colour >> 8 & 0xFF, alpha, background >> 8);
                rgb[at++] = over(colour & 0xFF, alpha, background);
            }
        }
    }

    /// One band is grey, two are grey and alpha, three colours, four colours and alpha.
    private void fromBands(Raster raster, byte[] rgb) {
        int bands = raster.getNumBands();
        int green = bands < 3 ? 0 : 1;
        int blue = bands < 3 ? 0 : 2;
        int shift = raster.getSampleModel().getSampleSize(0) - 8;
        int[] row = new int[bands * raster.getWidth()];
        int at = 0;
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (int x = 0; x < row.length; x += bands) {
                int alpha = bands % 2 == 0 ? row[x + bands - 1] >> shift : 0xFF;
                rgb[at++] = over(row[x] >> shift, alpha, background >> 16);
                rgb[at++] = over(row[x + green] >> shift, alpha, background >> 8);
                rgb[at++] = over(row[x + blue] >> shift, alpha, background);
            }
        }
    }

    private static byte over(int colour, int alpha, int background) {
        if (alpha == 0xFF) {
            return (byte) colour;
        }
        return (byte) ((colour * alpha + (background & 0xFF) * (0xFF - alpha) + 127) / 0xFF);
    }
}
