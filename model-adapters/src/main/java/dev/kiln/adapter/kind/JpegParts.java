package dev.kiln.adapter.kind;

import dev.kiln.core.model.UnfitInput;
import java.io.ByteArrayOutputStream;

/// The segments of a JPEG.
final class JpegParts {
    /// Scans of one picture; each costs a pass over all its pixels, encoders write about ten.
    private static final int MOST_SCANS = 64;

    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP14 = 0xEE;
    private static final int APP15 = 0xEF;
    private static final int COMMENT = 0xFE;

    private final byte[] encoded;
    private final ByteArrayOutputStream bare;
    private int width;
    private int height;
    private int scans;

    private JpegParts(byte[] encoded) {
        this.encoded = encoded;
        this.bare = new ByteArrayOutputStream(encoded.length);
    }

    static ImageHeader header(byte[] encoded) throws UnfitInput {
        return new JpegParts(encoded).walk();
    }

    /// What follows the end of the first picture is left out: a second picture of a multi-picture file too.
    private ImageHeader walk() throws UnfitInput {
        write(SOI, 0, 0);
        int at = 2;
        while (true) {
            int marker = marker(at);
            at += 2;
            if (marker == 0xFF) { // a fill byte
                at--;
                continue;
            }
            if (marker == EOI) {
                return finished();
            }
            int length = length(at);
            if (kept(marker)) {
                write(marker, at, length);
            }
            if (isFrame(marker)) {
                frame(marker, at, length);
            }
            at += length;
            if (marker == SOS) {
                at = scan(at);
            }
        }
    }

    private ImageHeader finished() throws UnfitInput {
        if (scans == 0 || width == 0) {
            throw new UnfitInput("the JPEG holds no pixels");
        }
        write(EOI, 0, 0);
        return new ImageHeader("jpeg", width, height, bare.toByteArray());
    }

    private int marker(int at) throws UnfitInput {
        if (at + 2 > encoded.length) {
            throw cut();
        }
        if ((encoded[at] & 0xFF) != 0xFF) {
            throw new UnfitInput("the JPEG is damaged: no marker at byte " + at);
        }
        return encoded[at + 1] & 0xFF;
    }

    private int length(int at) throws UnfitInput {
        if (at + 2 > encoded.length) {
            throw cut();
        }
        int length = number(at);
        if (length < 2) {
            throw new UnfitInput("the JPEG is damaged: an empty segment at byte " + at);
        }
        if (length > encoded.length - at) {
            throw cut();
        }
        return length;
    }

    private UnfitInput cut() {
        return new UnfitInput("the JPEG is cut short after %d bytes".formatted(encoded.length));
    }

    private int number(int at) {
        return ((encoded[at] & 0xFF) << 8) | (encoded[at + 1] & 0xFF);
    }

    /// Of the application's segments only those that say how colours are coded.
    private static boolean kept(int marker) {
        return marker == APP0
                || marker == APP14
                || !((marker > APP0 && marker <= APP15) || marker == COMMENT);
    }

    private static boolean isFrame(int marker) {
        boolean tables = marker == 0xC4 || marker == 0xC8 || marker == 0xCC;
        return marker >= 0xC0 && marker <= 0xCF && !tables;
    }

    private void frame(int marker, int at, int length) throws UnfitInput {
        if (marker > 0xC2) {
            throw new UnfitInput(
                    "the JPEG is lossless, hierarchical or arithmetic; send a baseline or progressive one");
        }
        if (length < 8 || width != 0) {
            throw new UnfitInput("the JPEG is damaged: its frame at byte " + at);
        }
        int bits = encoded[at + 2] & 0xFF;
        int components = encoded[at + 7] & 0xFF;
        if (bits != 8) {
            throw new UnfitInput("the JPEG has %d bits a sample, must be 8".formatted(bits));
        }
        if (components == 4) {
            throw new UnfitInput("the JPEG has four inks (CMYK); send it as RGB or grey");
        }
        if (components != 1 && components != 3) {
            throw new UnfitInput(
                    "the JPEG has %d components, must be 1 or 3".formatted(components));
        }
        height = number(at + 3);
        width = number(at + 5);
        if (height == 0 || width == 0) {
            throw new UnfitInput("the JPEG does not say its size");
        }
    }

    /// Past the coded pixels of one scan.
    private int scan(int from) throws UnfitInput {
        if (++scans > MOST_SCANS) {
            throw new UnfitInput("the JPEG has more than %d scans".formatted(MOST_SCANS));
        }
        int at = from;
        while (at + 1 < encoded.length) {
            int next = encoded[at + 1] & 0xFF;
            boolean inside = next == 0 || (next >= 0xD0 && next <= 0xD7);
            if ((encoded[at] & 0xFF) == 0xFF && !inside) {
                bare.write(encoded, from, at - from);
                return at;
            }
            at++;
        }
        throw cut();
    }

    private void write(int marker, int from, int length) {
        bare.write(0xFF);
        bare.write(marker);
        bare.write(encoded, from, length);
    }
}
