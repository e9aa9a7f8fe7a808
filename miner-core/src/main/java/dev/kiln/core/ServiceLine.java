package dev.kiln.core;

import java.util.Collection;

/// What a batch takes as a sum: a fixed price, a price for each item and one for each unit of padded cost, none below
/// zero, in nanoseconds.
record ServiceLine(double fixed, double perItem, double perCost) {
    static final ServiceLine NONE = new ServiceLine(0, 0, 0);

    /// A cell counts for no more runs than this, so that rare shapes keep their say.
    private static final int MOST_WEIGHT = 8;

    /// A further price must explain this much of what the others leave open.
    private static final double WORTH_A_PRICE = 1e-3;

    /// Which prices are above zero, fewest first; bit 0 fixed, bit 1 per item, bit 2 per cost.
    private static final int[] PRICES = {4, 2, 1, 5, 3, 6, 7};

    /// The line with the least sum of squared relative errors.
    ///
    /// @param cells at least one
    static ServiceLine through(Collection<ServiceCurve.Cell> cells) {
        double[][] squares = new double[3][3];
        double[] sums = new double[3];
        double all = 0;
        for (ServiceCurve.Cell cell : cells) {
            double weight = Math.min(cell.seen(), MOST_WEIGHT);
            double[] x = {
                1 / cell.nanos(), cell.items() / cell.nanos(), cell.padded() / cell.nanos()
            };
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 3; j++) {
                    squares[i][j] += weight * x[i] * x[j];
                }
                sums[i] += weight * x[i];
            }
            all += weight;
        }
        double least = Double.POSITIVE_INFINITY;
        double[] best = new double[3];
        for (int prices : PRICES) {
            double[] line = solve(squares, sums, prices);
            double error = error(squares, sums, all, line);
            if (Integer.bitCount(prices) <= cells.size() && error < least - WORTH_A_PRICE * all) {
                least = error;
                best = line;
            }
        }
        return new ServiceLine(best[0], best[1], best[2]);
    }

    double at(double items, double padded) {
        return Math.max(1, fixed + perItem * items + perCost * padded);
    }

    private static double error(double[][] squares, double[] sums, double all, double[] line) {
        double error = all;
        for (int i = 0; i < 3; i++) {
            if (!(line[i] >= 0)) {
                return Double.POSITIVE_INFINITY;
            }
            error -= 2 * line[i] * sums[i];
            for (int j = 0; j < 3; j++) {
                error += line[i] * squares[i][j] * line[j];
            }
        }
        return Math.max(0, error);
    }

    /// Gauss's elimination over the prices that may differ from zero; not a number where they cannot be told apart.
    private static double[] solve(double[][] squares, double[] sums, int prices) {
        int[] free = new int[Integer.bitCount(prices)];
        int count = 0;
        for (int i = 0; i < 3; i++) {
            if (((prices >> i) & 1) == 1) {
                free[count++] = i;
            }
        }
        double[][] rows = new double[count][count + 1];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < count; j++) {
                // Scaled to ones on the diagonal.
                rows[i][j] = squares[free[i]][free[j]] / scale(squares, free[i], free[j]);
            }
            rows[i][count] = sums[free[i]] / Math.sqrt(squares[free[i]][free[i]]);
        }
        eliminate(rows);
        double[] line = new double[3];
        for (int i = 0; i < count; i++) {
            line[free[i]] = rows[i][count] / Math.sqrt(squares[free[i]][free[i]]);
        }
        return line;
    }

    private static double scale(double[][] squares, int i, int j) {
        return Math.sqrt(squares[i][i] * squares[j][j]);
    }

    private static void eliminate(double[][] rows) {
        for (int pivot = 0; pivot < rows.length; pivot++) {
            double lead = rows[pivot][pivot];
            double scale = Math.abs(lead) < 1e-6 ? Double.NaN : lead;
            for (int j = pivot; j <= rows.length; j++) {
                rows[pivot][j] /= scale;
            }
            for (int i = 0; i < rows.length; i++) {
                double factor = i == pivot ? 0 : rows[i][pivot];
                for (int j = pivot; j <= rows.length; j++) {
                    rows[i][j] -= factor * rows[pivot][j];
                }
            }
        }
    }
}
