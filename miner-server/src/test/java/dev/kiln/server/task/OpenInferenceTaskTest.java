package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.to;
import static dev.kiln.server.task.Inferring.GRID;
import static dev.kiln.server.task.Inferring.HALVES;
import static dev.kiln.server.task.Inferring.IDS;
import static dev.kiln.server.task.Inferring.NOTHING;
import static dev.kiln.server.task.Inferring.binary;
import static dev.kiln.server.task.Inferring.get;
import static dev.kiln.server.task.Inferring.infer;
import static dev.kiln.server.task.Inferring.json;
import static dev.kiln.server.task.Inferring.little;
import static dev.kiln.server.task.Inferring.mirror;
import static dev.kiln.server.task.Inferring.refused;
import static dev.kiln.server.task.Inferring.reply;
import static dev.kiln.server.task.Inferring.square;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OpenInferenceTaskTest {
    @Test
    void theServerAndItsModelsSayWhatTheyAre() throws Exception {
        assertThat(json(get("")).at("/extensions/0").asText()).isEqualTo("binary_tensor_data");
        assertThat(new String(reply(get("/models/lengths")).body(), UTF_8))
                .isEqualTo(
                        "{\"name\":\"lengths\",\"versions\":[\"1\"],\"platform\":\"onnxruntime_onnx\","
                                + "\"inputs\":[{\"name\":\"text\",\"datatype\":\"BYTES\",\"shape\":[-1]}],"
                                + "\"outputs\":[{\"name\":\"embedding\",\"datatype\":\"FP32\",\"shape\":[-1,2]}]}");
        assertThat(json(get("/models/shapes/versions/1")).at("/outputs/0/shape/1").asInt())
                .isEqualTo(3);
        assertThat(json(get("/models/mirror/ready")).at("/ready").asBoolean()).isTrue();
        assertThat(json(get("/models/ears/config")).at("/input/1/optional").asBoolean()).isTrue();
        assertThat(json(to("POST", "/v2/repository/index", NOTHING))).hasSize(6);
    }

    @Test
    void textsBecomeVectors() throws Exception {
        JsonNode answer =
                json(
                        infer(
                                "lengths",
                                "{\"id\":\"call 7\",\"inputs\":[{\"name\":\"text\",\"shape\":[2],\"datatype\":\"BYTES\",\"data\":[\"a\",\"äö\"]}]}"));

        assertThat(answer.toString())
                .isEqualTo(
                        "{\"model_name\":\"lengths\",\"model_version\":\"1\",\"id\":\"call 7\",\"outputs\":"
                                + "[{\"name\":\"embedding\",\"datatype\":\"FP32\",\"shape\":[2,2],\"data\":[1.0,0.5,2.0,0.5]}]}");
    }

    @Test
    void noTextsAreNoVectors() throws Exception {
        JsonNode answer =
                json(
                        infer(
                                "lengths",
                                "{\"inputs\":[{\"name\":\"text\",\"shape\":[0],\"datatype\":\"BYTES\",\"data\":[]}]}"));

        assertThat(answer.at("/outputs/0/shape").toString()).isEqualTo("[0,2]");
        assertThat(answer.at("/outputs/0/data")).isEmpty();
    }

    @Test
    void binaryFormGoesInAndComesOutAsItIs() throws Exception {
        byte[] grid = little(8, b -> b.putFloat(1.5f).putFloat(-0f));
        byte[] ids = little(16, b -> b.putLong(Long.MIN_VALUE).putLong(9_007_199_254_740_993L));
        String json =
                """
                {"inputs":[
                 {"name":"ids","shape":[2],"datatype":"INT64","parameters":{"binary_data_size":16}},
                 {"name":"grid","shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":8}},
                 {"name":"halves","shape":[1],"datatype":"FP16","data":[1]}],
                 "outputs":[{"name":"grid","parameters":{"binary_data":true}},
                            {"name":"ids","parameters":{"binary_data":true}}]}\
                """;
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(ids);
        bytes.writeBytes(grid);

        Reply reply = reply(binary("mirror", json, bytes.toByteArray()));

        int head = Integer.parseInt(reply.headers().getFirst().value());
        assertThat(reply.contentType()).isEqualTo("application/octet-stream");
        assertThat(reply.headers().getFirst().name()).isEqualTo("Inference-Header-Content-Length");
        JsonNode said = new JsonMapper().readTree(reply.body(), 0, head);
        assertThat(said.at("/outputs/0/name").asText()).isEqualTo("grid");
        assertThat(said.at("/outputs/0/parameters/binary_data_size").asInt()).isEqualTo(8);
        assertThat(said.at("/outputs")).hasSize(2);
        assertThat(Arrays.copyOfRange(reply.body(), head, head + 8)).isEqualTo(grid);
        assertThat(Arrays.copyOfRange(reply.body(), head + 8, head + 24)).isEqualTo(ids);
        assertThat(reply.body()).hasSize(head + 24);
    }

    @Test
    void allOutputsMayBeAskedForInBinaryForm() throws Exception {
        String json =
                "{\"inputs\":[%s,%s,%s],\"parameters\":{\"binary_data_output\":true}}"
                        .formatted(GRID, IDS, HALVES);

        Reply reply = reply(infer("mirror", json));

        int head = Integer.parseInt(reply.headers().getFirst().value());
        assertThat(reply.body()).hasSize(head + 8 + 8 + 2);
    }

    @Test
    void wholeNumbersKeepAll64Bits() throws Exception {
        String ids =
                "{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[3],\"data\":[9007199254740993,-9223372036854775808,9223372036854775807]}";
        String answer = new String(reply(infer("mirror", mirror(GRID, ids, HALVES))).body(), UTF_8);

        assertThat(answer).contains("[9007199254740993,-9223372036854775808,9223372036854775807]");
    }

    @Test
    void floatsComeBackToTheLastBit() throws Exception {
        Random random = new Random(11);
        for (int round = 0; round < 200; round++) {
            float[] values = new float[2];
            for (int i = 0; i < 2; i++) {
                do {
                    values[i] = Float.intBitsToFloat(random.nextInt());
                } while (!Float.isFinite(values[i]));
            }
            JsonNode answer =
                    json(
                            infer(
                                    "square",
                                    square(
                                            "FP32",
                                            "[1,2]",
                                            "[%s,%s]".formatted(values[0], values[1]))));
            for (int i = 0; i < 2; i++) {
                assertThat(Float.parseFloat(answer.at("/outputs/0/data/" + i).asText()))
                        .isEqualTo(values[i]);
            }
        }
    }

    @Test
    void halvesAreRoundedOnceAndComeBackExactly() throws Exception {
        // Beside the middle of two halves, by less than a float can tell.
        assertThat(half("1.0004882812500003")).isEqualTo("1.0009766");
        assertThat(half("1.00048828125")).isEqualTo("1.0");
        assertThat(half("1.0004882812499997")).isEqualTo("1.0");
        assertThat(half("65504")).isEqualTo("65504.0");
        assertThat(half("-65519.999")).isEqualTo("-65504.0");
        assertThat(half("5.960464477539063E-8")).isEqualTo("5.9604645E-8");
        for (int bits = 0; bits < 0x7C00; bits += 7) {
            float exact = Float.float16ToFloat((short) bits);
            assertThat(Float.parseFloat(half(Float.toString(exact)))).isEqualTo(exact);
        }
        assertThat(refused(infer("mirror", mirror(GRID, IDS, HALVES.replace("0.5", "65520")))))
                .hasMessage("input halves: a number is beyond FP16");
    }

    private String half(String number) throws Refused {
        String answer =
                new String(
                        reply(infer("mirror", mirror(GRID, IDS, HALVES.replace("0.5", number))))
                                .body(),
                        UTF_8);
        return answer.replaceAll("(?s).*\"halves\".*\"data\":\\[(.*?)\\].*", "$1");
    }

    @Test
    void dataMayStandBeforeWhatItIs() throws Exception {
        String backwards =
                "{\"inputs\":[{\"data\":[[1,2],[3,4]],\"datatype\":\"FP32\",\"name\":\"x\",\"shape\":[2,2]}]}";

        assertThat(json(infer("square", backwards)).at("/outputs/0/data").toString())
                .isEqualTo("[1.0,2.0,3.0,4.0]");
    }

    @Test
    void base64IsReadWhereTheInputSaysSo() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"Ag==\"],\"parameters\":{\"content_type\":\"base64\"}}]}";

        assertThat(json(infer("shapes", json)).at("/outputs/0/data/2").asDouble()).isEqualTo(0.75);
    }

    @Test
    void labelsCanBeAskedForAsTritonSpellsThem() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"image\",\"datatype\":\"BYTES\",\"shape\":[2],\"data\":[\"\\u0001\",\"\\u0002\"]}],"
                        + "\"outputs\":[{\"name\":\"probabilities\",\"parameters\":{\"classification\":2}}]}";

        JsonNode output = json(infer("shapes", json)).at("/outputs/0");

        assertThat(output.at("/datatype").asText()).isEqualTo("BYTES");
        assertThat(output.at("/shape").toString()).isEqualTo("[2,2]");
        assertThat(output.at("/data").toString())
                .isEqualTo(
                        "[\"0.75:1:square\",\"0.083333336:0:circle\",\"0.75:2:star\",\"0.083333336:0:circle\"]");
    }

    @Test
    void soundIsGivenItsStateByTheCaller() throws Exception {
        String samples =
                "{\"name\":\"samples\",\"datatype\":\"FP32\",\"shape\":[4],\"data\":[0.5,0,0,0]}";
        String state = "{\"name\":\"state\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[0.25]}";

        assertThat(json(infer("ears", mirror(samples))).at("/outputs/1/data/0").asDouble())
                .isEqualTo(0.5);
        assertThat(json(infer("ears", mirror(state, samples))).at("/outputs/1/data/0").asDouble())
                .isEqualTo(0.75);
        String none = state.replace("[1]", "[0]").replace("[0.25]", "[]");
        assertThat(json(infer("ears", mirror(none, samples))).at("/outputs/1/data/0").asDouble())
                .isEqualTo(0.5);
    }

    @Test
    void aBodyWithoutJsonIsTheOneInput() throws Exception {
        byte[] floats = little(16, b -> b.putFloat(1).putFloat(2).putFloat(3).putFloat(4));
        JsonNode grid = new JsonMapper().readTree(reply(binary("square", "", floats, "0")).body());
        JsonNode image =
                new JsonMapper().readTree(reply(binary("shapes", "", new byte[] {1}, "0")).body());

        assertThat(grid.at("/outputs/0/shape").toString()).isEqualTo("[2,2]");
        assertThat(image.at("/outputs/0/data/1").asDouble()).isEqualTo(0.75);
        assertThat(refused(binary("square", "", new byte[9], "0")).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
        assertThat(refused(binary("mirror", "", new byte[8], "0")))
                .hasMessage("a body without JSON needs a model with one input");
    }

    @Test
    void numbersThatJsonDoesNotHaveAreSpelledAsWords() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]}";
        byte[] odd = little(8, b -> b.putFloat(Float.NaN).putFloat(Float.NEGATIVE_INFINITY));

        assertThat(new String(reply(binary("square", json, odd)).body(), UTF_8))
                .contains("\"data\":[\"NaN\",\"-Infinity\"]");
    }

    @Test
    void aLargeTensorGoesThroughAsJson() throws Exception {
        int rows = 100_000;
        String data = "[" + "0.123,-4.5e-3,".repeat(rows).replaceAll(",$", "") + "]";

        Reply reply = reply(infer("square", square("FP32", "[" + rows + ",2]", data)));

        assertThat(reply.body().length).isGreaterThan(rows * 10);
    }
}
