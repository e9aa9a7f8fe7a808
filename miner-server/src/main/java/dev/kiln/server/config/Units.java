package dev.kiln.server.config;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations and sizes as people write them: `2ms`, `10s`, `5m`, `1h`; `512B`, `16KiB`, `4MiB`, `1GiB`.
final class Units {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("([0-9]{1,12})\\s*([A-Za-zµ]*)");

    private Units() {}

    /// @throws IllegalArgumentException saying what is expected
    static Duration duration(String text) {
        Matcher matcher = matched(text, "2ms, 2s, 5m …");
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "us", "µs" -> Duration.ofNanos(number * 1_000);
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m", "min" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "" ->
                    throw new IllegalArgumentException(
                            "needs a unit: %sms, %ss …".formatted(number, number));
            default -> throw new IllegalArgumentException("unit must be us, ms, s, m or h");
        };
    }

    /// @throws IllegalArgumentException saying what is expected
    static long size(String text) {
        Matcher matcher = matched(text, "512B, 16KiB, 4MiB …");
        long number = Long.parseLong(matcher.group(1));
        int shift =
                switch (matcher.group(2)) {
                    case "B" -> 0;
                    case "KiB" -> 10;
                    case "MiB" -> 20;
                    case "GiB" -> 30;
                    case "" ->
                            throw new IllegalArgumentException(
                                    "needs a unit: %sB, %sKiB, %sMiB …"
                                            .formatted(number, number, number));
                    default ->
                            throw new IllegalArgumentException("unit must be B, KiB, MiB or GiB");
                };
        if (number > Long.MAX_VALUE >> shift) {
            throw new IllegalArgumentException("is too large");
        }
        return number << shift;
    }

    /// The shortest spelling that reads back as the same duration.
    static String text(Duration duration) {
        long micros = duration.toNanos() / 1_000;
        if (micros == 0) {
            return "0s";
        }
        if (micros % 1_000 != 0) {
            return micros + "us";
        }
        long millis = micros / 1_000;
        return millis % 1_000 != 0 ? millis + "ms" : millis / 1_000 + "s";
    }

    /// The shortest spelling that reads back as the same size.
    static String text(long bytes) {
        if (bytes == 0 || bytes % 1024 != 0) {
            return bytes + "B";
        }
        long kib = bytes >> 10;
        if (kib % 1024 != 0) {
            return kib + "KiB";
        }
        long mib = kib >> 10;
        return mib % 1024 != 0 ? mib + "MiB" : (mib >> 10) + "GiB";
    }

    private static Matcher matched(String text, String examples) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("must be a whole number and a unit: " + examples);
        }
        return matcher;
    }
}
