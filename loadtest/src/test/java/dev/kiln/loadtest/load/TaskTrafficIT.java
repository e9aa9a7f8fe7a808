package dev.kiln.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.quality.Subject;
import dev.kiln.loadtest.report.LoadRun;
import dev.kiln.loadtest.task.Examiner;
import dev.kiln.loadtest.task.Examiners;
import dev.kiln.loadtest.task.TaskStub;
import dev.kiln.loadtest.task.TaskStub.Manner;
import dev.kiln.loadtest.traffic.Lengths;
import dev.kiln.loadtest.traffic.Speaker;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every task but texts, which HarnessIT asks: a right server passes, a fast one that is wrong does not, and answers
/// that changed places are seen.
class TaskTrafficIT {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir private Path folder = Path.of("");

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EMBEDDING")
    void aServerThatIsRightHasNothingAgainstIt(Subject subject) throws Exception {
        LoadRun run = run(subject, Manner.RIGHT);

        assertThat(run.verdict().reasons()).isEmpty();
        assertThat(run.totals().good()).isEqualTo(run.totals().offered()).isPositive();
        assertThat(run.totals().quality().task()).isEqualTo(subject.task());
        assertThat(run.totals().quality().measures()).allMatch(LoadRun.Measure::holds);
        assertThat(run.totals().quality().scored()).isPositive();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EMBEDDING")
    void aFastServerThatIsWrongFails(Subject subject) throws Exception {
        LoadRun run = run(subject, Manner.CONSTANT);

        assertThat(run.totals().answered()).isEqualTo(run.totals().offered());
        assertThat(run.totals().failures().mistaken()).isPositive();
        assertThat(run.totals().good()).isLessThan(run.totals().offered() / 2);
        assertThat(run.totals().rates().payShare()).isLessThan(0.5);
        assertThat(run.verdict().reasons())
                .anyMatch(why -> why.startsWith("quality: "))
                .anyMatch(why -> why.contains("of all answers were good"));
        assertThat(run.verdict().exitCode()).isNotZero();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EMBEDDING")
    void answersThatChangedPlacesAreCrossTalk(Subject subject) throws Exception {
        LoadRun run = run(subject, Manner.MIXED_UP);

        assertThat(run.totals().quality().crossTalk()).isGreaterThan(run.totals().offered() / 2);
        assertThat(run.totals().failures().wrong())
                .isGreaterThanOrEqualTo(run.totals().quality().crossTalk());
        assertThat(run.verdict().reasons())
                .anyMatch(why -> why.contains("the answer to another input"));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "EMBEDDING")
    void answersWithoutNumbersAreNone(Subject subject) throws Exception {
        LoadRun run = run(subject, Manner.NO_NUMBERS);

        assertThat(run.totals().good()).isZero();
        assertThat(run.verdict().exitCode()).isNotZero();
    }

    private Examiner examiner(Subject subject) throws Exception {
        return switch (subject) {
            case IMAGE_CLASSIFICATION -> Examiners.pictures(7, "");
            case FILE_TYPE -> Examiners.files(7, "");
            case VOICE_ACTIVITY -> Examiners.sounds(7, "");
            case TENSORS -> Examiners.tensors(golden(), "doubling");
            case EMBEDDING -> throw new IllegalArgumentException("texts are asked elsewhere");
        };
    }

    private Path golden() throws Exception {
        String samples =
                IntStream.range(1, 12)
                        .mapToObj(i ->
                                """
                                {"inputs": [{"name": "x", "datatype": "FP32", "shape": [2], "data": [%d, %d]}],
                                 "outputs": [{"name": "y", "data": [[%d], [%d]]}]}\
                                """
                                        .formatted(i, -i, 2 * i, -2 * i))
                        .collect(Collectors.joining(",", "{\"samples\": [", "]}"));
        return Files.writeString(folder.resolve("golden.json"), samples);
    }

    private LoadRun run(Subject subject, Manner manner) throws Exception {
        Examiner examiner = examiner(subject);
        try (var server = new TaskStub(VERTX, subject, examiner, manner)) {
            var ask =
                    new Ask(
                            server.url(),
                            KeyPair.generate(Scheme.SR25519).hotkey(),
                            Scheme.SR25519,
                            "",
                            Examiners.path(subject, "doubling"),
                            examiner,
                            Speaker.Names.TEXT_EMBEDDING,
                            false);
            var wish =
                    new Cast.Wish(
                            2,
                            List.of(Caller.Dialect.BTAUTH, Caller.Dialect.EPISTULA),
                            Duration.ofSeconds(30),
                            Duration.ZERO,
                            3);
            var deadline = Duration.ofSeconds(20);
            var rules =
                    new LoadTest.Rules(
                            deadline, 0.99, PayCurve.parse("hard", deadline), Duration.ZERO, 64);
            var traffic =
                    new Traffic(
                            7,
                            Profile.POISSON,
                            60,
                            2,
                            Lengths.PAIRS,
                            Optional.empty(),
                            OptionalInt.empty());
            var order =
                    new LoadSession.Order(
                            ask,
                            Cast.fresh(wish),
                            rules,
                            traffic,
                            new LoadFiles(Optional.empty(), Optional.empty(), Optional.empty()),
                            Optional.empty(),
                            "a test",
                            "not pinned");
            return new LoadSession(order, new LoadSession.Told(_ -> {}, _ -> {})).run();
        }
    }
}
