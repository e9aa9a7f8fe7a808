package dev.kiln.loadtest.load;

import java.util.ArrayList;
import java.util.List;

/// Tells when a server has warmed up: three windows in a row that agree within a tenth, in the share of requests that
/// were completed and in the median latency. Both are free of the noise of arrivals.
///
/// **Threads:** confined to one.
final class SteadyState {
    /// The rule in words.
    static final String RULE =
            "three windows in a row agree within 10 % in completed share and median latency";

    /// Fewest answers that make a window.
    static final int FEWEST = 30;

    private static final int WINDOWS = 3;
    private static final double WITHIN = 0.1;

    /// Medians closer than this agree whatever their ratio, in milliseconds.
    private static final double CLOSE_MILLIS = 0.3;

    private final List<Window> windows = new ArrayList<>();

    /// One window.
    ///
    /// @param completed share of what was asked in it that was answered
    /// @param medianMillis of those answers
    record Window(double completed, double medianMillis) {}

    /// Takes the next window.
    void add(Window window) {
        windows.add(window);
    }

    boolean steady() {
        if (windows.size() < WINDOWS) {
            return false;
        }
        List<Window> last = windows.subList(windows.size() - WINDOWS, windows.size());
        double[] completed = last.stream().mapToDouble(Window::completed).sorted().toArray();
        double[] medians = last.stream().mapToDouble(Window::medianMillis).sorted().toArray();
        return completed[WINDOWS - 1] > 0
                && completed[WINDOWS - 1] - completed[0] <= WITHIN * completed[WINDOWS - 1]
                && (medians[WINDOWS - 1] - medians[0] <= WITHIN * medians[WINDOWS - 1]
                        || medians[WINDOWS - 1] - medians[0] <= CLOSE_MILLIS);
    }
}
