package dev.kiln.server.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlineFieldTest {
    private static final ModelInfo TINY =
            new ModelInfo(
                    "tiny",
                    "0".repeat(64),
                    "test-1",
                    new Purpose.TextEmbedding(3),
                    new ModelInfo.Device("cpu", "cpu", "cpu"));

    private final Task task =
            new DeadlineField(new EmbeddingsTask(Asking.setting(TINY)), "wait_s", false);

    private Task.Question decode(String body) throws Refused {
        return task.decode(Asking.with(body.getBytes(UTF_8)));
    }

    @ParameterizedTest
    @CsvSource({"2,2000000000", "0.25,250000000", "1e-12,1", "1e300,1000000000000000"})
    void aFieldOfTheBodySaysHowLongItsCallerWaits(String said, long nanos) throws Refused {
        Task.Question question =
                decode("{\"x\":{\"wait_s\":\"no\"},\"wait_s\":%s,\"input\":\"a\"}".formatted(said));

        assertThat(question.patience()).contains(Duration.ofNanos(nanos));
        assertThat(question.model()).isEqualTo("tiny");
        assertThat(question.inputs()).hasSize(1);
    }

    @Test
    void whoSaysNothingWaitsAsLongAsTheRoute() throws Refused {
        assertThat(decode("{\"input\":\"a\",\"x\":{\"wait_s\":1}}").patience()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "\"2\"", "null", "true", "[1]", "{}", "1e-999"})
    void whatIsNoTimeIsRefused(String said) {
        Refused refused =
                catchThrowableOfType(
                        Refused.class,
                        () -> decode("{\"input\":\"a\",\"wait_s\":%s}".formatted(said)));

        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
        assertThat(refused).hasMessage("wait_s must be a number of seconds above 0");
    }

    @Test
    void aFieldThatComesTwiceIsRefusedAsEver() {
        Refused refused =
                catchThrowableOfType(
                        Refused.class, () -> decode("{\"wait_s\":1,\"input\":\"a\",\"wait_s\":2}"));

        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }
}
