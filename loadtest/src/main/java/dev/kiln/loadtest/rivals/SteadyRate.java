package dev.kiln.loadtest.rivals;

import java.util.ArrayList;
import java.util.List;

/// Tells when a server has warmed up: it no longer gets faster, and compiles hardly anything; or it has had its time.
///
/// **Threads:** confined to one.
final class SteadyRate {
    /// The rule in words.
    static final String RULE =
            "warm-up with one-sentence questions in windows of 1 s until three answer no more than 5 % more than the three before, and a system that compiles as it runs has spent less than 2 % of a core on that in the last ten; such a system has 20 windows and 25,000 answers at least";

    private static final int WINDOWS = 3;

    /// Compilers and caches begin late: what comes before this is chance.
    private static final int FEWEST = 6;

    /// What runs often is compiled anew once more is known of it, after a time in which nothing seems to change.
    private static final int FEWEST_COMPILING = 20;

    /// What a call runs once is compiled for good after thousands of calls, and what it runs seldom after more.
    private static final double FEWEST_ANSWERS = 25_000;

    /// A compiler works in bursts, seconds apart, for minutes; three windows fit between two.
    private static final int COMPILING_WINDOWS = 10;

    private static final double WITHIN = 0.05;

    /// Of a core.
    static final double HARDLY = 0.02;

    private final int most;
    private final List<Window> windows = new ArrayList<>();

    private record Window(double rate, double compiling) {}

    /// @param most windows, however they differ
    SteadyRate(int most) {
        this.most = most;
    }

    /// @param rate answers a second
    /// @param compiling share of a core; 0 where the system does not compile or does not tell
    void add(double rate, double compiling) {
        windows.add(new Window(rate, compiling));
    }

    boolean reached() {
        int size = windows.size();
        if (size >= most) {
            return true;
        }
        boolean compiles = windows.stream().anyMatch(window -> window.compiling() > 0);
        if (size < Math.min(compiles ? FEWEST_COMPILING : FEWEST, most)) {
            return false;
        }
        if (compiles && rate(windows) * size < FEWEST_ANSWERS) {
            return false;
        }
        List<Window> last = windows.subList(size - WINDOWS, size);
        double now = rate(last);
        double before = rate(windows.subList(Math.max(0, size - 2 * WINDOWS), size - WINDOWS));
        return now > 0 && now <= (1 + WITHIN) * before && compiling() < HARDLY;
    }

    private double compiling() {
        return windows.stream()
                .skip(Math.max(0, windows.size() - COMPILING_WINDOWS))
                .mapToDouble(Window::compiling)
                .average()
                .orElse(0);
    }

    private static double rate(List<Window> some) {
        return some.stream().mapToDouble(Window::rate).average().orElse(0);
    }
}
