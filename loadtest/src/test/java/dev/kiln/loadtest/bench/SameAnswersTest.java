package dev.kiln.loadtest.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SameAnswersTest {
    private final SameAnswers answers = new SameAnswers(1e-3, SameAnswers.memory());

    @Test
    void theSameNumbersAgainAreRight() {
        assertThat(flaw("a", "{\"probabilities\":[0.5,0.25]}")).isEmpty();
        assertThat(flaw("a", "{\"probabilities\":[0.5004,0.2496]}")).isEmpty();
    }

    @Test
    void anotherQuestionsNumbersAreWrong() {
        flaw("a", "{\"probabilities\":[0.5,0.25]}");

        assertThat(flaw("a", "{\"probabilities\":[0.9,0.25]}"))
                .isEqualTo("other numbers for the same question");
        assertThat(flaw("a", "{\"probabilities\":[0.5]}"))
                .isEqualTo("another number of numbers for the same question");
    }

    @Test
    void anotherBestLabelOfTheSameScoreIsWrong() {
        assertThat(flaw("a", "[{\"label\":\"star\",\"score\":0.9}]")).isEmpty();
        assertThat(flaw("a", "[{\"label\":\"star\",\"score\":0.9002}]")).isEmpty();
        assertThat(flaw("a", "[{\"label\":\"plus\",\"score\":0.9}]"))
                .isEqualTo("other numbers for the same question");
    }

    @Test
    void whatHoldsNoNumbersIsWrong() {
        assertThat(flaw("a", "[]")).isEqualTo("an answer without numbers");
        assertThat(flaw("a", "{}")).isEqualTo("an answer without numbers");
        assertThat(flaw("a", "no json")).isEqualTo("unreadable body");
    }

    private String flaw(String question, String body) {
        return answers.flaw(question, body.getBytes(UTF_8)).orElse("");
    }
}
