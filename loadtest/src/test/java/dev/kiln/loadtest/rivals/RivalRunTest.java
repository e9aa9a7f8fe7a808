package dev.kiln.loadtest.rivals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RivalRunTest {
    private static final RivalBench.Plan PLAN =
            new RivalBench.Plan(List.of("raw"), List.of("minilm"), 3, 5, 10, 64, 1, 0, 1);

    private static Result result(Contender of, int start, double peak, double good) {
        return new Result(
                of.id(),
                "minilm",
                start,
                5,
                new Result.Peak(peak, 1000, 0, 0.1),
                new Result.Steady(0.7 * peak, 100, 100, 5, 9, 0.1),
                new Result.Overload(2 * peak, good, 10, 0, 1, 0.1),
                new Result.Quality(0.99999, 100, 0, ""));
    }

    private static RivalRun run(Map<String, String> absent, Result... results) {
        return new RivalRun("2026-11-21", "two cores", PLAN, Map.of(), absent, List.of(results));
    }

    @Test
    void aLaterRunOfOneSystemReplacesItAndKeepsTheOthers() {
        RivalRun earlier =
                run(
                        Map.of("ray", "not installed"),
                        result(Contender.FASTAPI, 1, 100, 1),
                        result(Contender.KILN_SIGNED, 1, 190, 180));
        RivalRun later =
                run(
                        Map.of(),
                        result(Contender.FASTAPI, 1, 120, 2),
                        result(Contender.RAY, 1, 80, 2));

        RivalRun both = later.beside(earlier);

        assertThat(both.of(Contender.FASTAPI, "minilm"))
                .singleElement()
                .matches(each -> each.peak().perSecond() == 120);
        assertThat(both.of(Contender.KILN_SIGNED, "minilm")).hasSize(1);
        assertThat(both.absent()).isEmpty();
    }

    @Test
    void whereTheGeneratorWasLateAFigureIsVoid() {
        Result late =
                new Result(
                        "fastapi",
                        "minilm",
                        1,
                        5,
                        new Result.Peak(100, 1000, 0, 1),
                        new Result.Steady(70, 100, 100, 5, 9, 51),
                        new Result.Overload(200, 80, 10, 0, 1, 51),
                        new Result.Quality(1, 100, 0, ""));
        RivalRun run = run(Map.of(), late);

        assertThat(run.range(Contender.FASTAPI, "minilm", Figure.GOODPUT.of())).isEmpty();
        assertThat(run.range(Contender.FASTAPI, "minilm", Figure.P99.of())).isEmpty();
        assertThat(run.range(Contender.FASTAPI, "minilm", Figure.PEAK.of())).isPresent();
        assertThat(new RivalText(run).document("a command", "a.svg"))
                .contains("| 100 | void | void | void | void |");
    }

    @Test
    void figuresAreMediansWithTheLeastAndTheMost() {
        RivalRun run =
                run(
                        Map.of(),
                        result(Contender.FASTAPI, 1, 100, 1),
                        result(Contender.FASTAPI, 2, 300, 1),
                        result(Contender.FASTAPI, 3, 110, 1));

        assertThat(run.range(Contender.FASTAPI, "minilm", Figure.PEAK.of()))
                .contains(new RivalRun.Range(110, 100, 300));
        assertThat(run.range(Contender.RAY, "minilm", Figure.PEAK.of())).isEmpty();
    }

    @Test
    void aGoalIsKeptMissedOrReachedByItsRatio() {
        RivalRun run =
                run(
                        Map.of(),
                        result(Contender.KILN_SIGNED, 1, 200, 190),
                        result(Contender.FASTAPI, 1, 100, 0),
                        result(Contender.AXON, 1, 150, 95),
                        result(Contender.INFINITY, 1, 130, 10));

        assertThat(new RivalGoals(run).table("minilm"))
                .contains(
                        "| throughput, kiln-signed ÷ fastapi | ≥ 1.80 |  | 2.00 | kept |",
                        "| throughput, kiln-signed ÷ axon | ≥ 1.80 |  | 1.33 | missed |",
                        "| throughput, kiln-signed ÷ infinity | ≥ 1.20 | 1.50 | 1.54 | aim reached |",
                        "| goodput at 2×, kiln-signed ÷ fastapi | ≥ 5.00 |  | nothing in time there | kept |",
                        "| goodput at 2×, kiln-signed ÷ axon | ≥ 5.00 |  | 2.00 | missed |");
    }

    @Test
    void itsFilesHoldWhatWasMeasuredAndAreReadAgain(@TempDir Path folder) throws IOException {
        var file = new RivalFile(folder.resolve("rivals"));
        file.write(run(Map.of(), result(Contender.FASTAPI, 1, 100, 1)), "./kiln bench rivals");

        RivalRun whole =
                file.write(
                        run(Map.of("ray", "not installed"), result(Contender.AXON, 1, 80, 1)),
                        "./kiln bench rivals --systems axon");

        assertThat(whole.results()).extracting(Result::system).containsExactly("axon", "fastapi");
        assertThat(Files.readString(folder.resolve("rivals.md")))
                .contains(
                        "| fastapi: ",
                        "| axon: ",
                        "**ray** not measured, or not at every start: not installed.");
        assertThat(Files.readString(folder.resolve("rivals.svg")))
                .startsWith("<svg")
                .contains(">fastapi</text>", ">axon</text>")
                .endsWith("</svg>\n");
    }

    @Test
    void aWrongAnswerMakesTheRunUnsound() {
        Result right = result(Contender.FASTAPI, 1, 100, 1);
        Result wrong =
                new Result(
                        right.system(),
                        right.model(),
                        2,
                        5,
                        right.peak(),
                        right.steady(),
                        right.overload(),
                        new Result.Quality(0.2, 100, 1, "another vector"));

        assertThat(run(Map.of(), right).sound()).isTrue();
        assertThat(run(Map.of(), right, wrong).sound()).isFalse();
    }
}
