package dev.kiln.loadtest.attack;

import static dev.kiln.core.Refusal.AUTH_MALFORMED;
import static dev.kiln.core.Refusal.TIME_IN_FUTURE;
import static dev.kiln.core.Refusal.TIME_TOO_OLD;
import static dev.kiln.loadtest.attack.Spoken.AXON;
import static dev.kiln.loadtest.attack.Spoken.BTAUTH;
import static dev.kiln.loadtest.attack.Spoken.EPISTULA;

import dev.kiln.core.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// Nonces outside the window and nonces that are no numbers, each signed as it stands, so that only the clock can tell.
final class ClockCases {
    private static final String ONE_SPELLING =
            "another spelling of a used nonce must not even be a question";
    private static final String WINDOW = "what is kept against replays is bounded by the window";

    private ClockCases() {}

    static List<Case> rows() {
        Row row = new Row(Family.CLOCK);
        window(row.in(BTAUTH));
        units(row.in(BTAUTH));
        spelling(row.in(BTAUTH));
        others(row);
        return row.rows();
    }

    /// A nonce made of the present one.
    private static Case.Attempt nonce(Spoken dialect, Function<Long, String> made) {
        return scene ->
                scene.ask(
                        scene.sign(
                                dialect,
                                scene.honest(dialect)
                                        .with(dialect.names().nonce(), made.apply(scene.now()))));
    }

    private static Case.Attempt shifted(Spoken dialect, Duration by) {
        return nonce(dialect, now -> Long.toString(now + by.toNanos()));
    }

    private static Duration window(Scene scene) {
        return scene.isOwn() ? OwnTarget.MAX_AGE : Duration.ofSeconds(10);
    }

    private static void window(Row row) {
        row.add(
                        "clock-past",
                        TIME_TOO_OLD,
                        "signed a second before the window",
                        WINDOW,
                        scene -> shifted(BTAUTH, window(scene).plusSeconds(1).negated()).on(scene))
                .add(
                        "clock-past-day",
                        TIME_TOO_OLD,
                        "signed yesterday",
                        "a request from a log",
                        shifted(BTAUTH, Duration.ofDays(-1)))
                .add(
                        "clock-future-4s",
                        TIME_IN_FUTURE,
                        "signed 4 s ahead",
                        "it would stay good for longer than the window",
                        shifted(BTAUTH, Duration.ofSeconds(4)))
                .add(
                        "clock-future-year",
                        TIME_IN_FUTURE,
                        "signed a year ahead",
                        "as above, and it would lift the caller's floor for a year",
                        shifted(BTAUTH, Duration.ofDays(365)));
    }

    private static void units(Row row) {
        unit(row, "clock-seconds", TIME_TOO_OLD, "seconds instead of nanoseconds", 1_000_000_000);
        unit(row, "clock-millis", TIME_TOO_OLD, "milliseconds instead of nanoseconds", 1_000_000);
        unit(row, "clock-micros", TIME_TOO_OLD, "microseconds instead of nanoseconds", 1_000);
        row.add(
                "clock-picos",
                AUTH_MALFORMED,
                "picoseconds instead of nanoseconds",
                "more than 19 digits are never nanoseconds",
                nonce(BTAUTH, now -> now + "000"));
    }

    private static void unit(Row row, String name, Refusal reason, String sent, long divisor) {
        row.add(
                name,
                reason,
                sent,
                "a reader who guesses the unit opens another window",
                nonce(BTAUTH, now -> Long.toString(now / divisor)));
    }

    private static void spelling(Row row) {
        spelled(row, "clock-zero", "0", _ -> "0");
        spelled(row, "clock-negative", "a minus sign", now -> "-" + now);
        spelled(row, "clock-plus", "a plus sign", now -> "+" + now);
        spelled(row, "clock-leading-zero", "a leading zero", now -> "0" + now);
        spelled(row, "clock-underscore", "an underscore between digits", ClockCases::underscored);
        spelled(row, "clock-hex", "hex digits", now -> "0x" + Long.toHexString(now));
        spelled(row, "clock-float", "a decimal point", now -> now + ".0");
        spelled(row, "clock-exponent", "an exponent", _ -> "1e18");
        spelled(row, "clock-garbage", "letters", _ -> "now");
        spelled(row, "clock-empty", "nothing", _ -> "");
        row.add(
                        "clock-long-max",
                        TIME_IN_FUTURE,
                        "2^63",
                        "one more than a long holds: it must not turn negative",
                        nonce(BTAUTH, _ -> "9223372036854775808"))
                .add(
                        "clock-overflow",
                        AUTH_MALFORMED,
                        "2^64 and the present",
                        "a reader who wraps around sees the present",
                        nonce(
                                BTAUTH,
                                now ->
                                        java.math.BigInteger.TWO
                                                .pow(64)
                                                .add(java.math.BigInteger.valueOf(now))
                                                .toString()))
                .add(
                        "clock-huge",
                        AUTH_MALFORMED,
                        "4,000 digits",
                        "reading them as a number is work for a stranger",
                        nonce(BTAUTH, _ -> "9".repeat(4_000)))
                .add(
                        "clock-missing",
                        AUTH_MALFORMED,
                        "no nonce at all",
                        "a request without a time is good for ever",
                        scene -> scene.ask(scene.honest(BTAUTH).without(BTAUTH.names().nonce())));
    }

    private static void spelled(Row row, String name, String sent, Function<Long, String> made) {
        row.add(name, AUTH_MALFORMED, sent, ONE_SPELLING, nonce(BTAUTH, made));
    }

    private static String underscored(long now) {
        String digits = Long.toString(now);
        return digits.charAt(0) + "_" + digits.substring(1);
    }

    private static void others(Row row) {
        row.in(AXON)
                .add(
                        "clock-axon-past",
                        TIME_TOO_OLD,
                        "signed three minutes ago",
                        WINDOW,
                        shifted(AXON, Duration.ofMinutes(-3)))
                .add(
                        "clock-axon-future",
                        TIME_IN_FUTURE,
                        "signed a minute ahead",
                        "Axons take it, and it stays good for that minute",
                        shifted(AXON, Duration.ofMinutes(1)))
                .add(
                        "clock-axon-timeout",
                        TIME_TOO_OLD,
                        "signed three minutes ago, with a timeout of years",
                        "the timeout is not signed and must not open the window",
                        scene ->
                                scene.ask(
                                        scene.sign(
                                                AXON,
                                                scene.honest(AXON)
                                                        .with(
                                                                AXON.names().nonce(),
                                                                Long.toString(
                                                                        scene.now()
                                                                                - 180_000_000_000L))
                                                        .with("timeout", "99999999.0"))))
                .add(
                        "clock-axon-inf",
                        AUTH_MALFORMED,
                        "timeout: inf",
                        "Axons read it as no window at all",
                        scene -> scene.ask(scene.honest(AXON).with("timeout", "inf")));
        row.in(EPISTULA)
                .add(
                        "clock-epistula-past",
                        TIME_TOO_OLD,
                        "seconds instead of milliseconds",
                        "a reader who guesses the unit opens another window",
                        nonce(EPISTULA, now -> Long.toString(now / 1_000_000_000)))
                .add(
                        "clock-epistula-future",
                        TIME_IN_FUTURE,
                        "signed a minute ahead",
                        "it would stay good for that minute",
                        nonce(EPISTULA, now -> Long.toString(now / 1_000_000 + 60_000)))
                .add(
                        "clock-epistula-nanos",
                        AUTH_MALFORMED,
                        "nanoseconds instead of milliseconds",
                        "as above",
                        nonce(EPISTULA, now -> Long.toString(now)));
    }
}
