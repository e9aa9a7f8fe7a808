package dev.kiln.adapter.kind;

/// Resizes as Pillow's `resize(..., BILINEAR)` does: a triangle that widens when the picture shrinks, in fixed point, first
/// across, then down, rounded to bytes in between. Pillow 13 goes down first for some shapes, which moves a value by 1.
final class Bilinear {
    private static final int BITS = 22;

    private Bilinear() {}

    static Pixels resize(Pixels from, int width, int height) {
        if (downFirst(from, width, height)) {
            return resize(down(from, height), width, height);
        }
        Pixels across = width == from.width() ? from : across(from, width);
        return height == across.height() ? across : down(across, height);
    }

    /// Whether going across first would make a picture larger than the one that came, as with one of a pixel's width.
    private static boolean downFirst(Pixels from, int width, int height) {
        long across = (long) width * from.height();
        return height != from.height()
                && across > (long) from.width() * from.height()
                && across > (long) from.width() * height;
    }

    private static Pixels across(Pixels from, int width) {
        Weights weights = Weights.of(from.width(), width);
        byte[] to = new byte[Math.multiplyExact(3 * width, from.height())];
        for (int y = 0; y < from.height(); y++) {
            for (int x = 0; x < width; x++) {
                int start = 3 * (y * from.width() + weights.first[x]);
                for (int band = 0; band < 3; band++) {
                    to[3 * (y * width + x) + band] = weights.sum(x, from.rgb(), start + band, 3);
                }
            }
        }
        return new Pixels(width, from.height(), to);
    }

    private static Pixels down(Pixels from, int height) {
        Weights weights = Weights.of(from.height(), height);
        int row = 3 * from.width();
        byte[] to = new byte[Math.multiplyExact(row, height)];
        for (int y = 0; y < height; y++) {
            int start = row * weights.first[y];
            for (int i = 0; i < row; i++) {
                to[y * row + i] = weights.sum(y, from.rgb(), start + i, row);
            }
        }
        return new Pixels(from.width(), height, to);
    }

    /// Which samples make one sample of the result, and how much each counts.
    private static final class Weights {
        private final int[] first;
        private final int[][] shares; // in units of 2^-BITS

        private Weights(int length) {
            first = new int[length];
            shares = new int[length][];
        }

        static Weights of(int from, int to) {
            var weights = new Weights(to);
            double scale = (double) from / to;
            double support = Math.max(scale, 1);
            for (int i = 0; i < to; i++) {
                double centre = (i + 0.5) * scale;
                int first = Math.max(0, (int) (centre - support + 0.5));
                int last = Math.min(from, (int) (centre + support + 0.5));
                double[] triangle = new double[last - first];
                double sum = 0;
                for (int j = 0; j < triangle.length; j++) {
                    double distance = Math.abs((j + first - centre + 0.5) * (1 / support));
                    triangle[j] = Math.max(0, 1 - distance);
                    sum += triangle[j];
                }
                weights.first[i] = first;
                weights.shares[i] = new int[triangle.length];
                for (int j = 0; j < triangle.length; j++) {
                    weights.shares[i][j] = (int) (0.5 + triangle[j] / sum * (1 << BITS));
                }
            }
            return weights;
        }

        byte sum(int i, byte[] samples, int start, int step) {
            int sum = 1 << (BITS - 1);
            int at = start;
            for (int share : shares[i]) {
                sum += (samples[at] & 0xFF) * share;
                at += step;
            }
            return (byte) Math.clamp(sum >> BITS, 0, 0xFF);
        }
    }
}
