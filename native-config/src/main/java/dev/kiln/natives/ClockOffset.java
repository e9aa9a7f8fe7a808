package dev.kiln.natives;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How far this machine's clock is off, as the service that keeps it says. Asks nothing of the network.
///
/// @param offset positive where the clock is ahead
/// @param source the service
public record ClockOffset(Duration offset, String source) {
    private static final Duration AT_MOST = Duration.ofSeconds(1);
    private static final Pattern CHRONY =
            Pattern.compile("System time +: +([0-9.]+) seconds (fast|slow) of NTP time");
    private static final Pattern TIMESYNC =
            Pattern.compile("(?m)^ *Offset: ([+-]?[0-9.]+)(us|ms|s)$");
    private static final Pattern NTPQ = Pattern.compile("offset=([+-]?[0-9.]+)");

    /// What chrony, systemd's timesyncd or ntpd tells, whichever is here.
    ///
    /// @throws InterruptedException if this thread is interrupted while it waits for one
    public static Optional<ClockOffset> known() throws InterruptedException {
        return chrony(said("chronyc", "-n", "tracking"))
                .or(() -> timesync(quietly("timedatectl", "timesync-status")))
                .or(() -> ntpq(quietly("ntpq", "-c", "rv 0 offset")));
    }

    static Optional<ClockOffset> chrony(String said) {
        Matcher found = CHRONY.matcher(said);
        if (!found.find()) {
            return Optional.empty();
        }
        double seconds = Double.parseDouble(found.group(1));
        return Optional.of(of(found.group(2).equals("fast") ? seconds : -seconds, "chrony"));
    }

    static Optional<ClockOffset> timesync(String said) {
        Matcher found = TIMESYNC.matcher(said);
        if (!found.find()) {
            return Optional.empty();
        }
        double unit =
                switch (found.group(2)) {
                    case "us" -> 1e-6;
                    case "ms" -> 1e-3;
                    default -> 1;
                };
        return Optional.of(of(-Double.parseDouble(found.group(1)) * unit, "timesyncd"));
    }

    /// Milliseconds, of the reference against this clock.
    static Optional<ClockOffset> ntpq(String said) {
        Matcher found = NTPQ.matcher(said);
        return found.find()
                ? Optional.of(of(-Double.parseDouble(found.group(1)) / 1000, "ntpd"))
                : Optional.empty();
    }

    private static ClockOffset of(double seconds, String source) {
        return new ClockOffset(Duration.ofNanos((long) (seconds * 1e9)), source);
    }

    private static String said(String... command) throws InterruptedException {
        try {
            return Child.run(List.of(command), AT_MOST).out();
        } catch (IOException e) {
            return "";
        }
    }

    private static String quietly(String... command) {
        try {
            return said(command);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
