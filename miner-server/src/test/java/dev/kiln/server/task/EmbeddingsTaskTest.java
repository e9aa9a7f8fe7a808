package dev.kiln.server.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.ModelInput;
import dev.kiln.core.model.ModelOutput;
import dev.kiln.core.model.Purpose;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingsTaskTest {
    private static final ModelInfo TINY =
            new ModelInfo(
                    "tiny",
                    "0".repeat(64),
                    "test-1",
                    new Purpose.TextEmbedding(3),
                    new ModelInfo.Device("cpu", "cpu", "cpu"));

    private final EmbeddingsTask task = new EmbeddingsTask(Asking.setting(TINY));

    private Task.Question decode(String body) throws Refused {
        return task.decode(Asking.with(body.getBytes(StandardCharsets.UTF_8)));
    }

    private Refused refused(byte[] body) {
        Refused refused = catchThrowableOfType(Refused.class, () -> task.decode(Asking.with(body)));
        assertThat(refused).as("nothing was refused").isNotNull();
        return refused;
    }

    @Test
    void oneTextOrAListIsRead() throws Refused {
        assertThat(decode("{\"input\":\"a\"}").inputs()).containsExactly(new ModelInput.Text("a"));
        assertThat(decode("{\"model\":\"tiny\",\"input\":[\"a\",\"\\ud83d\\ude00é\"]}").inputs())
                .containsExactly(new ModelInput.Text("a"), new ModelInput.Text("😀é"));
    }

    @Test
    void fieldsOfOtherClientsAreSkippedWhateverIsInThem() throws Refused {
        assertThat(
                        decode(
                                        "{\"x\":{\"y\":[1,{}]},\"input\":\"a\",\"user\":\"me\",\"dimensions\":3}")
                                .model())
                .isEqualTo("tiny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{",
                "{}",
                "{\"input\":null}",
                "{\"input\":5}",
                "{\"input\":[]}",
                "{\"input\":[null]}",
                "{\"input\":[\"a\",5]}",
                "{\"input\":[1,2]}",
                "{\"input\":[[1,2]]}",
                "{\"input\":[\"a\",\"a\",\"a\",\"a\",\"a\"]}",
                "{\"input\":\"123456789012345678901\"}",
                "{\"input\":\"a\",\"input\":\"b\"}",
                "{\"input\":\"a\"} x",
                "{\"input\":\"a\"}{}",
                "{\"input\":\"a\",}",
                "{\"input\":\"\\ud800\"}",
                "{\"input\":\"\\udc00\\ud800\"}",
                "{\"input\":\"\\ud800\\ud800\"}",
                "{\"input\":\"a\",\"model\":5}",
                "{\"input\":\"a\",\"user\":{}}",
                "{\"input\":\"a\",\"encoding_format\":\"hex\"}",
                "{\"input\":\"a\",\"dimensions\":4}",
                "{\"input\":\"a\",\"dimensions\":3.0}",
                "{\"input\":\"a\",\"dimensions\":99999999999}",
                "{'input':'a'}",
                "{\"input\":NaN}",
                "\ufeff{\"input\":\"a\"}",
                "{\"x\":[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]],\"input\":\"a\"}",
            })
    void badInputIsRefusedAndNothingElseIsThrown(String body) {
        assertThat(refused(body.getBytes(StandardCharsets.UTF_8)).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        byte[] overlong = {
            '{', '"', 'i', 'n', 'p', 'u', 't', '"', ':', '"', (byte) 0xC0, (byte) 0x80, '"', '}'
        };
        byte[] surrogate = {'"', (byte) 0xED, (byte) 0xA0, (byte) 0x80, '"'};
        byte[] utf16 = "{\"input\":\"a\"}".getBytes(StandardCharsets.UTF_16);

        assertThat(refused(overlong)).hasMessage("the body is not UTF-8");
        assertThat(refused(surrogate)).hasMessage("the body is not UTF-8");
        assertThat(refused(utf16)).hasMessage("the body is not UTF-8");
    }

    @Test
    void messagesNameThePlaceAndTheBound() {
        assertThat(refused("{\"input\":[\"a\",[1]]}".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("token arrays are not read here: send text");
        assertThat(
                        refused(
                                "{\"input\":[\"a\",\"123456789012345678901\"]}"
                                        .getBytes(StandardCharsets.UTF_8)))
                .hasMessage("input[1] has 21 characters, may have 20");
    }

    @Test
    void anUnknownModelHasAReasonOfItsOwn() {
        assertThat(
                        refused(
                                        "{\"input\":\"a\",\"model\":\"huge\"}"
                                                .getBytes(StandardCharsets.UTF_8))
                                .reason())
                .isEqualTo(Refusal.TASK_UNKNOWN_MODEL);
    }

    @Test
    void randomBytesAreRefusedOrReadButNeverThrow() {
        Random random = new Random(7);
        byte[] seed =
                "{\"model\":\"tiny\",\"input\":[\"a\",\"b\"],\"user\":\"x\"}"
                        .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = seed.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(task.decode(Asking.with(body)).inputs()).isNotEmpty();
            } catch (Refused refused) {
                assertThat(refused.reason().name()).startsWith("TASK_");
            }
        }
    }

    @Test
    void vectorsSurviveTheWayThroughJsonToTheLastBit() throws Exception {
        float[] vector = {0.1f, -1.2345679E-7f, Float.MIN_VALUE};
        Reply reply =
                decode("{\"input\":\"a\"}")
                        .encode(List.of(new ModelOutput.Embedding(vector, 7, true)));

        JsonNode json = new JsonMapper().readTree(reply.body());
        for (int i = 0; i < vector.length; i++) {
            assertThat(Float.parseFloat(json.at("/data/0/embedding/" + i).asText()))
                    .isEqualTo(vector[i]);
        }
        assertThat(json.at("/usage/prompt_tokens").asInt()).isEqualTo(7);
        assertThat(json.at("/usage/truncated").asInt()).isEqualTo(1);
        assertThat(json.at("/model").asText()).isEqualTo("tiny");
        assertThat(json.at("/data/0/object").asText()).isEqualTo("embedding");
    }

    @Test
    void base64IsLittleEndianFloat32() throws Exception {
        float[] vector = {0.25f, -2f, 3f};
        Reply reply =
                decode("{\"input\":\"a\",\"encoding_format\":\"base64\"}")
                        .encode(List.of(new ModelOutput.Embedding(vector, 3, false)));

        byte[] packed =
                Base64.getDecoder()
                        .decode(
                                new JsonMapper()
                                        .readTree(reply.body())
                                        .at("/data/0/embedding")
                                        .asText());
        float[] read = new float[3];
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(read);
        assertThat(read).containsExactly(vector);
    }
}
