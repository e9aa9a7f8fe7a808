package dev.kiln.loadtest.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JudgeTest {
    private static Arrival refused(String code) {
        byte[] body =
                "{\"error\":{\"message\":\"no\",\"code\":\"%s\"}}"
                        .formatted(code)
                        .getBytes(StandardCharsets.UTF_8);
        Question question = Question.of(List.of("a"), "m");
        var signed =
                new Credentials.Signed(
                        "/", List.of(), question.body(), _ -> new Provenance.NotAsked());
        return new Arrival(
                new Timetable.Send(0, 0, 0, question),
                signed,
                0,
                0,
                1_000_000,
                new Arrival.Came(new Received(429, List.of(), body, 0)));
    }

    @Test
    void aStrangersLongCodeIsCut() {
        Finding finding = new Judge("m", 0).judge(refused("X".repeat(100_000)));

        assertThat(finding).isEqualTo(new Finding.Refused(429, "X".repeat(64) + "…"));
        assertThat(new Judge("m", 0).judge(refused("LIMIT_QUEUE_FULL")))
                .isEqualTo(new Finding.Refused(429, "LIMIT_QUEUE_FULL"));
    }

    @Test
    void ofMoreCodesThanCanBeShownNoneIsLost() {
        var ledger = new Ledger(1, 1);
        var judge = new Judge("m", 0);
        for (int i = 0; i < 5_000; i++) {
            Arrival arrival = refused("CODE_" + i);
            ledger.record(arrival, judge.judge(arrival));
        }

        assertThat(ledger.counts().reasons().refused())
                .hasSize(101)
                .containsEntry("others", 4_900L);
        assertThat(ledger.counts().refused()).isEqualTo(5_000);
    }
}
