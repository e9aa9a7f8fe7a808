package dev.kiln.bittensor.keys;

import java.util.Arrays;
import java.util.Locale;

/// The signatures of [KeysBenchmark] in slices of a few milliseconds, ours and BouncyCastle's in turn in one JVM. Slices
/// during which something else had the core fall out as long as a hundredth had it alone: for a machine that is not quiet.
final class KeysSlices {
    private static final long SLICE = 4_000_000;
    private static final int BATCH = 10;

    private final KeysBenchmark bench;
    private final int slices;

    KeysSlices(KeysBenchmark bench, int slices) {
        this.bench = bench;
        this.slices = slices;
    }

    /// Prints the fastest hundredth of each in microseconds, and the ratios.
    void print() {
        double[] sign = pair("sign", bench::kilnSign, bench::bouncyCastleSign);
        double[] verify = pair("verify", bench::kilnVerify, bench::bouncyCastleVerify);
        double[] known = pair("known", bench::kilnVerifyKnown, bench::bouncyCastleVerify);
        System.out.printf(
                Locale.ROOT,
                "/ BouncyCastle: sign %.2f, verify %.2f, verify of a known key %.2f%n",
                sign[0] / sign[1],
                verify[0] / verify[1],
                known[0] / known[1]);
    }

    private double[] pair(String name, Runnable ours, Runnable theirs) {
        double[] mine = new double[slices];
        double[] other = new double[slices];
        for (int i = -slices / 2; i < slices; i++) {
            double a = slice(ours);
            double b = slice(theirs);
            if (i >= 0) {
                mine[i] = a;
                other[i] = b;
            }
        }
        double[] fast = {fastest(mine), fastest(other)};
        System.out.printf(
                Locale.ROOT, "%-7s %6.2f us, BouncyCastle %6.2f us%n", name, fast[0], fast[1]);
        return fast;
    }

    private static double fastest(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 100];
    }

    /// @return microseconds for one
    private static double slice(Runnable what) {
        long start = System.nanoTime();
        long now = start;
        int done = 0;
        while (now - start < SLICE) {
            for (int i = 0; i < BATCH; i++) {
                what.run();
            }
            done += BATCH;
            now = System.nanoTime();
        }
        return (now - start) / 1000.0 / done;
    }
}
