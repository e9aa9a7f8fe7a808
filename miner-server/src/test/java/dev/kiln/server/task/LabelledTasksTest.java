package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.answer;
import static dev.kiln.server.task.Asking.setting;
import static dev.kiln.server.task.Asking.to;
import static dev.kiln.server.task.Asking.type;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledTasksTest {
    private final Task images =
            new ImageClassificationTask(setting(ToyModel.ALL.toArray(new ModelInfo[0])));
    private final Task files = new FileTypeTask(setting(ToyModel.FILE));

    private static Task.Asked json(String body) {
        return to("POST", "/", body.getBytes(UTF_8), type("application/json"));
    }

    private static Task.Asked raw(String query, String type, int... bytes) {
        byte[] body = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            body[i] = (byte) bytes[i];
        }
        return to("POST", "/" + query, body, type(type));
    }

    @Test
    void aRawImageIsAnsweredWithItsLabelsTheMostProbableFirst() throws Refused {
        assertThat(answer(images, raw("", "image/png", 1)))
                .isEqualTo(
                        "[{\"label\":\"square\",\"score\":0.75},{\"label\":\"circle\",\"score\":0.083333336},"
                                + "{\"label\":\"star\",\"score\":0.083333336}]");
    }

    @Test
    void theQueryNamesModelAndHowMany() throws Refused {
        assertThat(answer(images, raw("?model=shapes&top_k=1", "image/jpeg", 2)))
                .isEqualTo("[{\"label\":\"star\",\"score\":0.75}]");
    }

    @Test
    void jsonIsOneImageOrAList() throws Refused {
        String one = "[{\"label\":\"square\",\"score\":0.75}]";

        assertThat(answer(images, json("{\"inputs\":\"AQ==\",\"parameters\":{\"top_k\":1}}")))
                .isEqualTo(one);
        assertThat(
                        answer(
                                images,
                                json(
                                        "{\"model\":\"shapes\",\"inputs\":[\"AQ==\",\"AQ==\"],\"parameters\":{\"top_k\":1}}")))
                .isEqualTo("[" + one + "," + one + "]");
    }

    @Test
    void aFilesTypeIsAskedAlike() throws Refused {
        assertThat(answer(files, raw("?top_k=1", "application/octet-stream", 3)))
                .isEqualTo("[{\"label\":\"zip\",\"score\":0.75}]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"inputs\":null}",
                "{\"inputs\":5}",
                "{\"inputs\":[]}",
                "{\"inputs\":\"\"}",
                "{\"inputs\":[\"AQ==\",\"\"]}",
                "{\"inputs\":\"AQ\\n==\"}",
                "{\"inputs\":\"A\"}",
                "{\"inputs\":\"AQ=\"}",
                "{\"inputs\":[[\"AQ==\"]]}",
                "{\"inputs\":[\"AQ==\",\"AQ==\",\"AQ==\",\"AQ==\",\"AQ==\"]}",
                "{\"inputs\":\"AQ==\",\"inputs\":\"AQ==\"}",
                "{\"inputs\":\"AQ==\",\"model\":5}",
                "{\"inputs\":\"AQ==\",\"parameters\":[]}",
                "{\"inputs\":\"AQ==\",\"parameters\":{\"top_k\":0}}",
                "{\"inputs\":\"AQ==\",\"parameters\":{\"top_k\":\"many\"}}",
                "{\"inputs\":\"AQ==\",\"parameters\":{\"top_k\":99999999999}}",
                "{\"inputs\":\"AQ==\",\"parameters\":{\"top_k\":[1]}}",
                "{\"inputs\":\"AQ==\",\"parameters\":{\"topk\":1}}",
                "{\"inputs\":\"AQ==\"} x",
            })
    void badJsonIsRefused(String body) {
        assertThat(Asking.refused(images, json(body)).reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?top_k=0",
                "?top_k=",
                "?top_k",
                "?=1",
                "?top_k=1&top_k=1",
                "?topk=1",
                "?top_k=1%30",
                "?top_k=1&",
                "?top_k=1?",
            })
    void badQueriesAreRefused(String query) {
        assertThat(Asking.refused(images, raw(query, "image/png", 1)).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void messagesSayWhatWouldBeRight() {
        assertThat(Asking.refused(images, raw("?topk=1", "image/png", 1)))
                .hasMessage("there is no option topk; there is model, top_k");
        assertThat(Asking.refused(images, raw("", "image/png"))).hasMessage("the body is empty");
        assertThat(Asking.refused(images, json("{\"inputs\":[\"AQ==\",\"?\"]}")))
                .hasMessage("inputs[1] is not base64");
    }

    @Test
    void aModelOfAnotherPurposeIsNoModelHere() {
        assertThat(Asking.refused(images, raw("?model=types", "image/png", 1)).reason())
                .isEqualTo(Refusal.TASK_UNKNOWN_MODEL);
        assertThat(
                        Asking.refused(
                                        new ImageClassificationTask(setting(ToyModel.TEXT)),
                                        raw("", "image/png", 1))
                                .reason())
                .isEqualTo(Refusal.TASK_UNKNOWN_MODEL);
    }

    @Test
    void randomBytesAreRefusedOrReadButNeverThrow() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        byte[] good =
                "{\"model\":\"shapes\",\"inputs\":[\"AQ==\",\"AgM=\"],\"parameters\":{\"top_k\":2}}"
                        .getBytes(UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = good.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                answer(images, to("POST", "/", body, type("application/json")));
            } catch (Refused refused) {
                assertThat(refused.reason().name()).startsWith("TASK_");
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
