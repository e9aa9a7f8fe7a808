package dev.kiln.loadtest.page;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Numbers as people read them, with their units.
final class Say {
    /// Where nothing is known.
    static final String NOTHING = "–";

    /// Between a number and its unit, which never part at a line's end.
    private static final char UNIT = '\u00A0';

    private Say() {}

    /// A span of time: three significant digits in milliseconds or seconds.
    static String millis(@Nullable Double millis) {
        if (millis == null) {
            return NOTHING;
        }
        return Math.abs(millis) < 999.5
                ? digits(millis) + UNIT + "ms"
                : digits(millis / 1e3) + UNIT + "s";
    }

    static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /// Per second.
    static String rate(@Nullable Double perSecond) {
        return perSecond == null ? NOTHING : digits(perSecond) + "/s";
    }

    /// A share from 0 to 1 as per cent. What is not whole is never rounded up to it.
    static String share(@Nullable Double share) {
        if (share == null) {
            return NOTHING;
        }
        double percent = share * 100;
        double shown = percent < 100 ? Math.min(Math.rint(percent * 100) / 100, 99.99) : percent;
        return digits(shown, 2) + UNIT + "%";
    }

    /// Three significant digits, and no more than the number has.
    static String digits(@Nullable Double number) {
        if (number == null) {
            return NOTHING;
        }
        double size = Math.abs(number);
        if (size >= 99.95) {
            return String.format(Locale.ROOT, "%,.0f", number);
        }
        return trim(
                String.format(
                        Locale.ROOT,
                        size >= 9.995 ? "%.1f" : size >= 0.995 ? "%.2f" : "%.3f",
                        number));
    }

    /// At most so many digits after the point.
    static String digits(double number, int most) {
        return trim(String.format(Locale.ROOT, "%,." + most + "f", number));
    }

    private static String trim(String number) {
        return number.contains(".") ? number.replaceFirst("\\.?0+$", "") : number;
    }

    /// An interval of which one end may be unknown.
    static String range(String low, String high) {
        if (high.equals(NOTHING)) {
            return low.equals(NOTHING) ? "not known" : "at least " + low;
        }
        return low.equals(NOTHING) ? "at most " + high : low + " to " + high;
    }
}
