package dev.kiln.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.task.TextExaminer;
import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Wording;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProfileTest {
    private static final Function<Lengths, Deck> PAIRS =
            new TextExaminer("m", Wording.embeddings("m"), true)::deck;

    private static final int CALLERS = 6;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REPLAY")
    void theSameSeedGivesTheSameTimetableBodiesAndCallers(Profile profile) {
        assertThat(lines(profile, 3)).isNotEmpty().isEqualTo(lines(profile, 3));
        assertThat(lines(profile, 3)).isNotEqualTo(lines(profile, 4));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "REPLAY")
    void momentsAscendAndTheMeanRateIsTheOneSaid(Profile profile) {
        List<Timetable.Send> sends = sends(profile, 1, 200, 100);

        assertThat(sends)
                .isSortedAccordingTo((a, b) -> Long.compare(a.offsetNanos(), b.offsetNanos()));
        assertThat(sends.getLast().offsetNanos()).isLessThan(100_000_000_000L);
        double mean = profile.meanRate(200, 100);
        assertThat(sends.size() / 100.0).isCloseTo(mean, within(mean * 0.1));
    }

    @Test
    void gammaIsMoreClumpyThanPoissonAndConstantHasNoSpread() {
        assertThat(spread(Profile.GAMMA)).isCloseTo(2.0, within(0.15));
        assertThat(spread(Profile.POISSON)).isCloseTo(1.0, within(0.05));
        assertThat(spread(Profile.CONSTANT)).isCloseTo(0.0, within(1e-3));
    }

    @Test
    void inRoundsSeveralValidatorsComeAtOnceBetweenQuietTimes() {
        List<Timetable.Send> sends = sends(Profile.BURSTS, 1, 40, 100);
        long[] perTenth = new long[1_000];
        sends.forEach(send -> perTenth[(int) (send.offsetNanos() / 100_000_000)]++);
        int busiest = 0;
        for (int i = 0; i < perTenth.length; i++) {
            busiest = perTenth[i] > perTenth[busiest] ? i : busiest;
        }
        int peak = busiest;
        long callers =
                sends.stream()
                        .filter(send -> Math.abs(send.offsetNanos() / 100_000_000 - peak) <= 1)
                        .map(Timetable.Send::caller)
                        .distinct()
                        .count();

        assertThat(perTenth[busiest]).isGreaterThan(40);
        assertThat(callers).isGreaterThanOrEqualTo(CALLERS / 2);
        assertThat(Arrays.stream(perTenth).filter(each -> each <= 2).count()).isGreaterThan(900);
    }

    @Test
    void aRampRises() {
        List<Timetable.Send> sends = sends(Profile.RAMP, 1, 200, 100);
        long early = sends.stream().filter(send -> send.offsetNanos() < 20e9).count();
        long late = sends.stream().filter(send -> send.offsetNanos() >= 80e9).count();

        assertThat(late).isGreaterThan(4 * early);
    }

    private static double spread(Profile profile) {
        List<Timetable.Send> sends = sends(profile, 2, 1_000, 100);
        double mean = 1e-3;
        double squares = 0;
        for (int i = 1; i < sends.size(); i++) {
            double gap = (sends.get(i).offsetNanos() - sends.get(i - 1).offsetNanos()) / 1e9;
            squares += (gap - mean) * (gap - mean);
        }
        return Math.sqrt(squares / sends.size()) / mean;
    }

    private static List<Timetable.Send> sends(
            Profile profile, long seed, double rate, double seconds) {
        var traffic =
                new Traffic(
                        seed,
                        profile,
                        rate,
                        seconds,
                        Lengths.MIXED,
                        Optional.empty(),
                        OptionalInt.empty());
        var sends = new ArrayList<Timetable.Send>();
        traffic.timetable(PAIRS, CALLERS).forEachRemaining(sends::add);
        return sends;
    }

    private static String lines(Profile profile, long seed) {
        return sends(profile, seed, 50, 12).stream()
                .map(send ->
                        "%d %d %s"
                                .formatted(
                                        send.offsetNanos(),
                                        send.caller(),
                                        new String(send.question().body(), StandardCharsets.UTF_8)))
                .collect(Collectors.joining("\n"));
    }
}
