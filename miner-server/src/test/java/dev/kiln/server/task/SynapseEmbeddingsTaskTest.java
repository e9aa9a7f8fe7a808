package dev.kiln.server.task;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SynapseEmbeddingsTaskTest {
    private static final ModelOutput VECTOR =
            new ModelOutput.Embedding(new float[] {0.5f, -1}, 3, false);

    private final SynapseEmbeddingsTask task =
            new SynapseEmbeddingsTask(
                    Asking.setting(ToyModel.TEXT),
                    new SynapseEmbeddingsTask.Names("sentences", "vectors"));

    private Task.Question decode(String body) throws Refused {
        return task.decode(Asking.with(body.getBytes(UTF_8)));
    }

    private static String text(Reply reply) {
        return new String(reply.body(), UTF_8);
    }

    @Test
    void aSubnetsOwnNamesAreReadAndAnswered() throws Refused {
        Task.Question question = decode("{\"sentences\":[\"a\",\"b\"],\"vectors\":null}");

        assertThat(question.model()).isEqualTo("lengths");
        assertThat(question.inputs())
                .containsExactly(new ModelInput.Text("a"), new ModelInput.Text("b"));
        assertThat(text(question.encode(List.of(VECTOR, VECTOR))))
                .isEqualTo(
                        "{\"sentences\":[\"a\",\"b\"],"
                                + "\"axon\":{\"status_code\":200,\"status_message\":\"Success\"},"
                                + "\"vectors\":[[0.5,-1.0],[0.5,-1.0]]}");
    }

    @Test
    void everythingElseComesBackAsItWasSent() throws Exception {
        String body =
                """
                {"name":"Embed","timeout":12.0,"big":123456789012345678901234567890,"f":1e-07,"n":null,
                 "dendrite":{"nonce":1795252155401229129,"port":null},"axon":{"hotkey":"5F","status_code":null},
                 "sentences":[],"é":"\\u00fc 😀"}\
                """;
        JsonNode sent = new JsonMapper().readTree(body);

        String answer = text(decode(body).encode(List.of()));

        JsonNode came = new JsonMapper().readTree(answer);
        for (String name : List.of("name", "timeout", "big", "f", "n", "dendrite", "é")) {
            assertThat(came.get(name)).as(name).isEqualTo(sent.get(name));
        }
        assertThat(answer).contains("\"timeout\":12.0", "1795252155401229129");
        assertThat(came.at("/axon/hotkey").asText()).isEqualTo("5F");
        assertThat(came.at("/axon/status_code").asInt()).isEqualTo(200);
        assertThat(came.get("vectors")).isEmpty();
    }

    @Test
    void aTerminalIsNeverNull() throws Refused {
        Reply reply =
                decode("{\"axon\":null,\"dendrite\":null,\"sentences\":[]}").encode(List.of());

        assertThat(text(reply))
                .contains("\"dendrite\":{}")
                .contains("\"axon\":{\"status_code\":200,\"status_message\":\"Success\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{oops",
                "null",
                "[]",
                "{}",
                "{\"sentences\":null}",
                "{\"sentences\":\"a\"}",
                "{\"sentences\":[1]}",
                "{\"sentences\":[\"a\",null]}",
                "{\"sentences\":{\"a\":\"b\"}}",
                "{\"sentences\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}",
                "{\"sentences\":[\"123456789012345678901\"]}",
                "{\"sentences\":[\"\\ud83d\"]}",
                "{\"sentences\":[],\"x\":{\"\\ud83d\":1}}",
                "{\"sentences\":[],\"sentences\":[]}",
                "{\"sentences\":[]} 1",
                "{\"sentences\":[],\"x\":NaN}",
                "{\"sentences\":[],\"x\":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}",
                "{\"texts\":[\"a\"]}"
            })
    void bodiesWhoseFieldsDoNotMatchAreRefused(String body) {
        var refused = catchThrowableOfType(Refused.class, () -> decode(body));

        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void randomBytesAreRefusedOrAnsweredAndNothingElseIsThrown() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        byte[] good =
                "{\"sentences\":[\"a\",\"\\u00e9\"],\"x\":[1,2.5e3,true],\"axon\":{\"p\":1}}"
                        .getBytes(UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = good.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                task.decode(Asking.with(body)).encode(List.of(VECTOR));
            } catch (Refused expected) {
                assertThat(expected.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
