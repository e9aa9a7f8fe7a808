package dev.kiln.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.task.TextExaminer;
import dev.kiln.loadtest.traffic.Deck;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Timetable;
import dev.kiln.loadtest.traffic.Wording;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadPartsTest {
    private static final Function<Lengths, Deck> PAIRS =
            new TextExaminer("m", Wording.embeddings("m"), true)::deck;

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    @TempDir private Path folder = Path.of("");

    @Test
    void aTraceIsReadAndKeepsItsOrder() throws IOException {
        Trace trace = Trace.read(file("# remark\n0\n10.5,2\n\n10.5,1,4\n"));
        var moments = trace.source().from(new SplittableRandom(1));

        assertThat(trace.moments()).hasSize(3);
        assertThat(moments.next().seconds()).isZero();
        assertThat(moments.next().caller()).isEqualTo(2);
        assertThat(moments.next().sentences()).isEqualTo(4);
        assertThat(moments.next().seconds()).isInfinite();
    }

    @Test
    void everyBrokenLineOfATraceIsNamed() throws IOException {
        Path broken = file("0\nten\n5,1,2,3\n20\n10\n-1\n");

        assertThatThrownBy(() -> Trace.read(broken))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(
                        "4 problems",
                        "line 2: \"ten\"",
                        "line 3",
                        "line 5: 10 ms is before",
                        "line 6")
                .hasMessageNotContaining("line 4");
        assertThatThrownBy(() -> Trace.read(file("# nothing\n")))
                .hasMessageContaining("holds no request");
        assertThatThrownBy(() -> Trace.read(folder.resolve("none")))
                .hasMessageContaining("no trace file");
    }

    @Test
    void aTimetableWrittenAsATraceIsReplayedAsItWas() throws IOException {
        var traffic =
                new Traffic(
                        3,
                        Profile.BURSTS,
                        30,
                        12,
                        Lengths.SHORT,
                        Optional.empty(),
                        OptionalInt.empty());
        Path file = folder.resolve("written.csv");
        Trace.write(traffic, 5, file);
        Trace trace = Trace.read(file);
        List<String> written = new ArrayList<>();
        List<String> replayed = new ArrayList<>();
        traffic.timetable(PAIRS, 5).forEachRemaining(send -> written.add(line(send)));
        traffic.shaped(trace.source(), trace.seconds())
                .timetable(PAIRS, 5)
                .forEachRemaining(send -> replayed.add(line(send)));

        assertThat(replayed).isEqualTo(written).hasSizeGreaterThan(200);
    }

    private static String line(Timetable.Send send) {
        return "%d %d".formatted(Math.round(send.offsetNanos() / 1e3), send.caller());
    }

    @Test
    void payFallsAsItsCurveSays() {
        assertThat(score("hard", 1_999)).isEqualTo(1);
        assertThat(score("hard", 2_001)).isZero();
        assertThat(score("linear", 500)).isCloseTo(0.75, within(1e-9));
        assertThat(score("linear:1000ms", 500)).isEqualTo(1);
        assertThat(score("linear:1000ms", 1_500)).isCloseTo(0.5, within(1e-9));
        assertThat(score("sigmoid", 1_000)).isCloseTo(0.5, within(1e-9));
        assertThat(score("none", 60_000)).isEqualTo(1);
        assertThatThrownBy(() -> PayCurve.parse("lineer", DEADLINE))
                .hasMessageContaining("is no pay curve");
        assertThatThrownBy(() -> PayCurve.parse("linear:3000ms", DEADLINE))
                .hasMessageContaining("must be under the deadline");
    }

    private static double score(String curve, long millis) {
        return PayCurve.parse(curve, DEADLINE).score(millis * 1_000_000);
    }

    @Test
    void steadyIsThreeWindowsThatAgree() {
        var state = new SteadyState();
        for (double median : List.of(90.0, 40.0, 12.0, 10.5, 10.0)) {
            state.add(new SteadyState.Window(1, median));
            assertThat(state.steady()).isFalse();
        }
        state.add(new SteadyState.Window(1, 10.4));

        assertThat(state.steady()).isTrue();
        state.add(new SteadyState.Window(0.5, 10.4));
        assertThat(state.steady()).isFalse();
    }

    @Test
    void nothingCompletedIsNeverSteady() {
        var state = new SteadyState();
        for (int i = 0; i < 5; i++) {
            state.add(new SteadyState.Window(0, 0));
        }

        assertThat(state.steady()).isFalse();
    }

    /// Wilson's interval of 8 in 10, as statsmodels 0.14 gives it.
    @Test
    void anIntervalOfAShareIsWilsons() {
        assertThat(Statistics.share(8, 10).low()).isCloseTo(0.4902, within(1e-3));
        assertThat(Statistics.share(8, 10).high()).isCloseTo(0.9433, within(1e-3));
        assertThat(Statistics.share(0, 0).low()).isNull();
    }

    @Test
    void aQueueThatGrowsIsSeenAndNoiseIsNot() {
        var random = new SplittableRandom(1);
        List<LoadRun.Second> growing = new ArrayList<>();
        List<LoadRun.Second> noisy = new ArrayList<>();
        for (int s = 0; s < 10; s++) {
            growing.add(second(s, 10 + 50.0 * s + random.nextDouble()));
            noisy.add(second(s, 10 + 5 * random.nextDouble()));
        }

        assertThat(Statistics.grows(growing)).isTrue();
        assertThat(Statistics.grows(noisy)).isFalse();
    }

    @Test
    void recoveryIsCountedFromTheEndOfTheOverload() {
        List<LoadRun.Second> series = new ArrayList<>();
        for (int s = 0; s < 22; s++) {
            series.add(second(s, s >= 6 && s < 13 ? 900 : 10));
        }

        assertThat(Recovery.seconds(series)).isEqualTo(Optional.of(3.0));
        series.replaceAll(each -> each.s() >= 6 ? second(each.s(), 900) : each);
        assertThat(Recovery.seconds(series)).isEmpty();
    }

    @Test
    void aQueueIsNoCauseAndComputeBehindItIs() {
        var finding =
                Bottlenecks.of(
                        List.of(
                                new LoadRun.Stage("verify", 1, 0.1, "receipts"),
                                new LoadRun.Stage("queue", 6, 0.6, "receipts"),
                                new LoadRun.Stage("compute", 3, 0.3, "receipts")),
                        Optional.of(1.9));

        assertThat(finding.bottleneck().stage()).isEqualTo("compute");
        assertThat(finding.bottleneck().why()).contains("calls wait there for compute");
        assertThat(finding.next()).isNotEmpty();
    }

    @Test
    void aTemplateIsFilledInAndMustBeJson() {
        Wording wording =
                Wording.template("{\"q\": {{text}}, \"all\": {{texts}}, \"m\": {{model}}}", "m\"x");

        assertThat(new String(wording.body(List.of("a\"b", "c")), StandardCharsets.UTF_8))
                .isEqualTo("{\"q\": \"a\\\"b\", \"all\": [\"a\\\"b\",\"c\"], \"m\": \"m\\\"x\"}");
        assertThatThrownBy(() -> Wording.template("{{{texts}}}", "m"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aMixOfLengthsIsReadOrRefused() {
        assertThat(Lengths.parse("0:60,4:40").sizes()).hasSize(2);
        assertThat(Lengths.parse("mixed")).isEqualTo(Lengths.MIXED);
        for (String wrong : List.of("", "4", "4:0", "900:1", "short,long")) {
            assertThatThrownBy(() -> Lengths.parse(wrong))
                    .hasMessageContaining("no mix of lengths");
        }
    }

    @Test
    void aFolderKeepsItsKeysAndTheRosterNamesThem() throws IOException {
        var wish =
                new Cast.Wish(
                        5, List.of(Caller.Dialect.BTAUTH), DEADLINE, Duration.ofMillis(200), 1);
        Cast first = Cast.kept(wish, folder.resolve("keys"));
        Cast again = Cast.kept(wish, folder.resolve("keys"));

        assertThat(again.roster()).isEqualTo(first.roster()).hasLineCount(5).contains("ed25519");
        assertThat(first.callers().getFirst().clockOffset()).isZero();
        assertThat(first.callers()).anyMatch(caller -> !caller.clockOffset().isZero());
        assertThat(first.callers().stream().map(Caller::timeout).distinct()).hasSizeGreaterThan(1);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(Files.createTempFile(folder, "trace", ".csv"), text);
    }

    private static LoadRun.Second second(int s, double millis) {
        return new LoadRun.Second(s, 10, 10, 10, 0, 10, millis, millis, null);
    }
}
