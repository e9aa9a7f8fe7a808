package dev.kiln.loadtest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AttackTableTest {
    /// Reasons that no message of a stranger or a caller can bring about on a healthy miner.
    private static final Set<Refusal> NOT_TO_BE_PROVOKED =
            EnumSet.of(
                    Refusal.LIMIT_BODIES,
                    // Streams of sound need a voice model, which the suite's own miner does not
                    // serve.
                    Refusal.LIMIT_STREAMS,
                    Refusal.TASK_STREAM,
                    Refusal.RUN_CALLER_GONE,
                    Refusal.RUN_CANCELLED,
                    Refusal.RUN_MODEL_DOWN,
                    Refusal.RUN_MODEL_ERROR,
                    Refusal.INTERNAL_ERROR,
                    Refusal.REPLY_SIGN_ERROR,
                    Refusal.SERVER_DRAINING,
                    Refusal.ROSTER_STALE,
                    Refusal.STORE_FAULT,
                    // One box shares nothing.
                    Refusal.STORE_AWAY);

    @Test
    void everyRowHasANameOfItsOwnAndSaysWhyItMatters() {
        Set<String> names = new HashSet<>();
        for (Case row : AttackTable.all()) {
            assertThat(names.add(row.name())).as(row.name()).isTrue();
            assertThat(row.name()).matches("[a-z0-9-]+");
            assertThat(row.sent()).as(row.name()).isNotBlank();
            assertThat(row.why()).as(row.name()).isNotBlank();
        }
    }

    @Test
    void everyFamilyIsTriedAndNegativeCasesAreMany() {
        List<Case> hostile =
                AttackTable.all().stream()
                        .filter(row -> !(row.expected() instanceof Expected.Answer))
                        .toList();

        assertThat(hostile).hasSizeGreaterThan(200);
        assertThat(AttackTable.all().stream().map(Case::family).distinct())
                .containsExactlyInAnyOrder(Family.values());
    }

    @Test
    void everyReasonThatACallerCanProvokeIsProvoked() {
        Set<Refusal> tried =
                AttackTable.all().stream()
                        .filter(row -> row.expected() instanceof Expected.Refused)
                        .flatMap(row -> ((Expected.Refused) row.expected()).reasons().stream())
                        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Refusal.class)));

        assertThat(tried)
                .containsExactlyInAnyOrderElementsOf(
                        EnumSet.complementOf(EnumSet.copyOf(NOT_TO_BE_PROVOKED)));
    }

    @Test
    void statusesAreThosePublished() throws Exception {
        Matcher row =
                Pattern.compile("\\| `([A-Z_]+)` \\| (\\d{3}) \\| (?:caller|miner) \\|")
                        .matcher(Files.readString(root().resolve("docs/protocol.md")));
        Map<String, Integer> published = new TreeMap<>();
        while (row.find()) {
            published.put(row.group(1), Integer.parseInt(row.group(2)));
        }

        assertThat(published)
                .isEqualTo(
                        Arrays.stream(Refusal.values())
                                .collect(Collectors.toMap(Refusal::name, Statuses::of)));
    }

    @Test
    void aRefusalMustHaveTheRightCodeUnderTheRightStatus() {
        Expected replay = Expected.refused(Refusal.TIME_REPLAY);

        assertThat(replay.metBy(new Outcome.Answered(401, "TIME_REPLAY"))).isTrue();
        assertThat(replay.metBy(new Outcome.Answered(400, "TIME_REPLAY"))).isFalse();
        assertThat(replay.metBy(new Outcome.Answered(401, "TIME_TOO_OLD"))).isFalse();
        assertThat(replay.metBy(new Outcome.Answered(401, ""))).isFalse();
        assertThat(replay.metBy(new Outcome.Answered(200, ""))).isFalse();
        assertThat(replay.metBy(new Outcome.Closed())).isFalse();
        assertThat(replay.metBy(new Outcome.Silent())).isFalse();
    }

    @Test
    void whatAnyServerDidIsToldInOneWord() {
        assertThat(new Outcome.Answered(200, "").effect()).isEqualTo(Outcome.Effect.ACCEPTED);
        assertThat(new Outcome.Answered(422, "").effect()).isEqualTo(Outcome.Effect.REFUSED);
        assertThat(new Outcome.Answered(503, "").effect()).isEqualTo(Outcome.Effect.REFUSED);
        assertThat(new Outcome.Answered(500, "").effect()).isEqualTo(Outcome.Effect.CRASHED);
        assertThat(new Outcome.Closed().effect()).isEqualTo(Outcome.Effect.REFUSED);
        assertThat(new Outcome.Silent().effect()).isEqualTo(Outcome.Effect.HUNG);
        assertThat(new Outcome.Judged("").effect()).isEqualTo(Outcome.Effect.ACCEPTED);
    }

    private static Path root() {
        // A module's tests run in its folder.
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("kiln.yaml")) ? here : here.resolve("..");
    }
}
