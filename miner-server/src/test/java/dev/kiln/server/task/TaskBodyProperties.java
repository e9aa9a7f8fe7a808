package dev.kiln.server.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/// Bodies of any bytes are answered or refused with the tasks' own codes; nothing else is thrown.
class TaskBodyProperties {
    private static final byte[] SYNAPSE =
            "{\"name\":\"T\",\"axon\":{\"ip\":\"::1\",\"port\":1},\"dendrite\":null,\"n\":[1.50,NaN,{}],\"texts\":[\"a\",\"\\ud83d\\ude00\"]}"
                    .getBytes(UTF_8);
    private static final byte[] OPENAI =
            "{\"model\":\"m\",\"input\":[\"a\",\"ü\"],\"encoding_format\":\"base64\",\"dimensions\":2,\"user\":\"u\"}"
                    .getBytes(UTF_8);

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);

    private byte[] changed(byte[] good) {
        byte[] bytes =
                Arrays.copyOf(
                        good, random.nextInt(4) == 0 ? random.nextInt(good.length) : good.length);
        for (int changes = random.nextInt(5); changes > 0 && bytes.length > 0; changes--) {
            int from = random.nextInt(good.length);
            bytes[random.nextInt(bytes.length)] =
                    random.nextBoolean() ? good[from] : (byte) random.nextInt(256);
        }
        return bytes;
    }

    private void tryAll(Task task, byte[] good) {
        for (int i = 0; i < 20_000; i++) {
            try {
                Task.Question question = task.decode(Asking.with(changed(good)));
                ModelOutput vector = new ModelOutput.Embedding(new float[] {1, 0}, 1, false);
                int texts = question.inputs().size();
                assertThat(question.encode(Collections.nCopies(texts, vector)).status())
                        .isEqualTo(200);
            } catch (Refused expected) {
                assertThat(expected.reason())
                        .isIn(Refusal.TASK_BAD_INPUT, Refusal.TASK_UNKNOWN_MODEL);
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }

    @Test
    void synapsesOfAnyBytes() {
        for (SynapseEmbeddingsTask.Form form : SynapseEmbeddingsTask.Form.values()) {
            var names = new SynapseEmbeddingsTask.Names("texts", "embeddings", form);
            tryAll(new SynapseEmbeddingsTask("T", "m", names, 8, 100), SYNAPSE);
        }
    }

    @Test
    void openAisBodiesOfAnyBytes() {
        var model =
                new ModelInfo(
                        "m",
                        "00".repeat(32),
                        "test",
                        new Purpose.TextEmbedding(2),
                        new ModelInfo.Device("cpu", "cpu", "cpu"));
        tryAll(new EmbeddingsTask("embeddings", List.of(model), 8, 100), OPENAI);
    }
}
