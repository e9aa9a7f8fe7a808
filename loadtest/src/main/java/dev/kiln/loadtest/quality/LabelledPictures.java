package dev.kiln.loadtest.quality;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/// Pictures whose labels are known because they were drawn here: the truth for the shipped classifiers. They are drawn
/// as `models/train/raster.py` draws, without clutter and with little noise, so that a whole classifier knows nearly
/// every one. The same seed draws the same pictures.
///
/// **Threads:** confined to one.
public final class LabelledPictures {
    /// Every label, in the order of drawing.
    public static final List<String> LABELS =
            List.of(
                    "circle",
                    "ring",
                    "triangle",
                    "square",
                    "star",
                    "plus",
                    "arrow",
                    "crescent",
                    "letter-a",
                    "letter-e",
                    "letter-h",
                    "letter-k",
                    "letter-r",
                    "letter-s",
                    "letter-z",
                    "digit-4");

    /// Half a stroke's width.
    private static final double STROKE = 0.17;

    private static final double NOISE = 0.04;

    private final SplittableRandom random;
    private long drawn;

    /// One picture.
    ///
    /// @param png the file
    @SuppressWarnings("ArrayRecordComponent") // a carrier, never compared
    public record Labelled(String label, byte[] png) {}

    public LabelledPictures(long seed) {
        this.random = new SplittableRandom(seed);
    }

    /// The next picture; labels come in turn.
    ///
    /// @param side about how many pixels wide and high, at least 24
    public Labelled next(int side) {
        String label = LABELS.get((int) (drawn++ % LABELS.size()));
        int width = side + random.nextInt(Math.max(1, side / 8));
        int height = side + random.nextInt(Math.max(1, side / 8));
        try {
            return new Labelled(label, Png.rgb(width, height, pixels(label, width, height)));
        } catch (IOException e) {
            throw new UncheckedIOException("memory is always writable", e);
        }
    }

    private byte[] pixels(String label, int width, int height) {
        Figures.Figure figure = Objects.requireNonNull(Figures.ALL.get(label), label);
        var view = View.draw(random);
        double[][] colours = colours();
        double half = Math.min(width, height) / 2.0;
        double stroke = STROKE * random.nextDouble(0.8, 1.2);
        byte[] rgb = new byte[3 * width * height];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = (column + 0.5 - width / 2.0) / half - view.middleX();
                double y = (row + 0.5 - height / 2.0) / half - view.middleY();
                double distance = figure.at(view.x(x, y), view.y(x, y), stroke);
                double cover = Math.clamp(0.5 - distance * view.size() * half, 0, 1);
                for (int c = 0; c < 3; c++) {
                    double colour = colours[0][c] + cover * (colours[1][c] - colours[0][c]);
                    double noisy = colour + NOISE * random.nextGaussian();
                    rgb[3 * (row * width + column) + c] =
                            (byte) Math.clamp(Math.round(noisy * 255), 0, 255);
                }
            }
        }
        return rgb;
    }

    /// Behind and in front, far enough apart to be seen.
    private double[][] colours() {
        while (true) {
            double[] behind = random.doubles(3).toArray();
            double[] front = random.doubles(3).toArray();
            double apart = 0;
            for (int c = 0; c < 3; c++) {
                apart += Math.abs(behind[c] - front[c]) / 3;
            }
            if (apart > 0.35) {
                return new double[][] {behind, front};
            }
        }
    }

    /// From pixels (-1 to 1 over the shorter side) to the figure's square: turned, stretched and sheared a little.
    private record View(
            double xx,
            double xy,
            double yx,
            double yy,
            double size,
            double middleX,
            double middleY) {
        static View draw(SplittableRandom random) {
            double turn = Math.toRadians(random.nextDouble(-18, 18));
            double size = random.nextDouble(0.55, 0.8);
            double stretch = Math.exp(random.nextDouble(-0.15, 0.15));
            double shear = random.nextDouble(-0.2, 0.2);
            double cos = Math.cos(turn);
            double sin = Math.sin(turn);
            double wide = size * stretch;
            double high = size / stretch;
            // rotation · shear · scale, inverted.
            double a = cos * wide;
            double b = (cos * shear - sin) * high;
            double c = sin * wide;
            double d = (sin * shear + cos) * high;
            double determinant = a * d - b * c;
            return new View(
                    d / determinant,
                    -b / determinant,
                    -c / determinant,
                    a / determinant,
                    size,
                    random.nextDouble(-0.12, 0.12),
                    random.nextDouble(-0.12, 0.12));
        }

        double x(double x, double y) {
            return xx * x + xy * y;
        }

        double y(double x, double y) {
            return yx * x + yy * y;
        }
    }
}
