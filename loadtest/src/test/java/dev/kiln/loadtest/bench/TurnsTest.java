package dev.kiln.loadtest.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.loadtest.traffic.Question;
import dev.kiln.loadtest.traffic.Timetable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {
    private static final List<Question> QUESTIONS =
            List.of(Question.of(List.of("a"), "m"), Question.of(List.of("b"), "m"));

    @Test
    void questionsAndCallersComeInTurn() {
        var turns = new Turns(QUESTIONS, 3);
        List<Integer> callers = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Timetable.Send send = turns.next();
            callers.add(send.caller());
            texts.add(send.question().texts().getFirst());
        }

        assertThat(callers).containsExactly(0, 1, 2, 0);
        assertThat(texts).containsExactly("a", "b", "a", "b");
        assertThat(turns.hasNext()).isTrue();
    }

    @Test
    void aTimetableHasItsRateAndItsEnd() {
        var turns = new Turns(QUESTIONS, 1, 500, 10, 7);
        int count = 0;
        long last = 0;
        while (turns.hasNext()) {
            long offset = turns.next().offsetNanos();
            assertThat(offset).isBetween(last, 10_000_000_000L);
            last = offset;
            count++;
        }

        assertThat(count).isBetween(4700, 5300);
    }
}
