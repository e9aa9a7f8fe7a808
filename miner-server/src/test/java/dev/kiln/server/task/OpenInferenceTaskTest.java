package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.setting;
import static dev.kiln.server.task.Asking.to;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import dev.kiln.core.Reply;
import dev.kiln.core.Task;
import dev.kiln.core.model.ModelInfo;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenInferenceTaskTest {
    private static final byte[] NOTHING = {};
    private static final String GRID =
            "{\"name\":\"grid\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":[1,2]}";
    private static final String IDS =
            "{\"name\":\"ids\",\"datatype\":\"INT64\",\"shape\":[1],\"data\":[7]}";
    private static final String HALVES =
            "{\"name\":\"halves\",\"datatype\":\"FP16\",\"shape\":[1],\"data\":[0.5]}";

    private final Task task =
            new OpenInferenceTask(setting(ToyModel.ALL.toArray(new ModelInfo[0])));

    private static Task.Asked get(String path) {
        return to("GET", "/v2" + path, NOTHING);
    }

    private static Task.Asked infer(String model, String body, Header... headers) {
        return to("POST", "/v2/models/" + model + "/infer", body.getBytes(UTF_8), headers);
    }

    /// JSON and bytes behind it, as the header says.
    private static Task.Asked binary(String model, String json, byte[] bytes) {
        return binary(model, json, bytes, Integer.toString(json.length()));
    }

    private static Task.Asked binary(String model, String json, byte[] bytes, String stated) {
        var body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(UTF_8));
        body.writeBytes(bytes);
        return to(
                "POST",
                "/v2/models/" + model + "/infer",
                body.toByteArray(),
                new Header("inference-header-content-length", stated));
    }

    private static byte[] little(int size, Consumer<ByteBuffer> put) {
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        put.accept(bytes);
        return bytes.array();
    }

    private Reply reply(Task.Asked asked) throws Refused {
        Task.Question question = task.decode(asked);
        return question.encode(ToyModel.answers(question));
    }

    private JsonNode json(Task.Asked asked) throws Exception {
        return new JsonMapper().readTree(reply(asked).body());
    }

    private Refused refused(Task.Asked asked) {
        return Asking.refused(task, asked);
    }

    private static String mirror(String... inputs) {
        return "{\"inputs\":[" + String.join(",", inputs) + "]}";
    }

    private static String square(String datatype, String shape, String data) {
        return "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"%s\",\"shape\":%s,\"data\":%s}]}"
                .formatted(datatype, shape, data);
    }

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

    @ParameterizedTest
    @CsvSource({
        "GET,/models/none,TASK_UNKNOWN_MODEL",
        "GET,/models/lengths/versions/2,TASK_UNKNOWN_MODEL",
        "GET,/models/lengths/versions,TASK_UNKNOWN_MODEL",
        "POST,/models/none/infer,TASK_UNKNOWN_MODEL",
        "GET,/models/lengths/infer,TASK_BAD_METHOD",
        "POST,/models/lengths,TASK_BAD_METHOD",
        "POST,'',TASK_BAD_METHOD",
        "GET,/,TASK_UNKNOWN",
        "GET,/models,TASK_UNKNOWN",
        "GET,/models/lengths/,TASK_UNKNOWN",
        "GET,/models/lengths/stats,TASK_UNKNOWN",
        "GET,/models/lengths/ready/more,TASK_UNKNOWN",
        "GET,/models/lengths/versions/1/versions/1,TASK_UNKNOWN",
        "GET,/systemsharedmemory/status,TASK_UNKNOWN",
        "GET,/a/b/c/d/e/f/g/h/i/j/k,TASK_UNKNOWN",
    })
    void pathsThatLeadNowhereAreRefused(String method, String path, Refusal reason) {
        assertThat(refused(to(method, "/v2" + path, NOTHING)).reason()).isEqualTo(reason);
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

    @ParameterizedTest
    @ValueSource(
            strings = {"-1", "+5", "1.0", "", " ", "0x10", "99999999999", "2147483648", "9999"})
    void aHeaderLengthThatIsNoLengthIsRefused(String stated) {
        Refused refused =
                refused(binary("square", square("FP32", "[1,2]", "[1,2]"), NOTHING, stated));

        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
        assertThat(refused).hasMessageStartingWith("Inference-Header-Content-Length");
    }

    @Test
    void twoHeaderLengthsAreRefused() {
        var header = new Header("Inference-Header-Content-Length", "10");

        assertThat(
                        refused(infer("square", square("FP32", "[1,2]", "[1,2]"), header, header))
                                .reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void noOtherHeaderLengthMakesAnotherReadingOfOneBody() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]}";
        byte[] blanks = {32, 32, 32, 32, 32, 32, 32, 32};
        assertThat(reply(binary("square", json, blanks)).status()).isEqualTo(200);

        for (int length = 1; length <= json.length() + 8; length++) {
            if (length != json.length()) {
                assertThat(
                                refused(binary("square", json, blanks, Integer.toString(length)))
                                        .reason())
                        .isEqualTo(Refusal.TASK_BAD_INPUT);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FP32|[1,2]|[1]",
                "FP32|[1,2]|[1,2,3]",
                "FP32|[1,2]|[[1],[2]]",
                "FP32|[1,2]|[[1,2],[3,4]]",
                "FP32|[1,2]|[[[1,2]]]",
                "FP32|[1,2]|[1,[2]]",
                "FP32|[1,2]|[[1,2],3]",
                "FP32|[2,2]|[[1,2,3],[4]]",
                "FP32|[1,2]|[1,null]",
                "FP32|[1,2]|[1,\"2\"]",
                "FP32|[1,2]|[1,true]",
                "FP32|[1,2]|[1,{}]",
                "FP32|[1,2]|[1,NaN]",
                "FP32|[1,2]|[1,Infinity]",
                "FP32|[1,2]|[1,\"NaN\"]",
                "FP32|[1,2]|[1,1e39]",
                "FP32|[1,2]|[1,1e999999]",
                "FP32|[1,2]|[1,0x10]",
                "FP32|[1,2]|5",
                "FP32|[1,2]|{}",
                "FP32|[1,2]|[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]",
                "FP32|[-1,2]|[1,2]",
                "FP32|[1.0,2]|[1,2]",
                "FP32|[\"1\",2]|[1,2]",
                "FP32|[2]|[1,2]",
                "FP32|[1,2,1]|[1,2]",
                "FP32|[1,3]|[1,2,3]",
                "FP32|[0,2]|[]",
                "FP32|[4611686018427387904,2]|[1,2]",
                "FP32|[9223372036854775807,9223372036854775807]|[1]",
                "FP32|[99999999999999999999,2]|[1,2]",
                "FP32|[1000000000,2]|[1,2]",
                "FP32|[1,1,1,1,1,1,1,1,1,1,1,1,2]|[1,2]",
                "FP32|5|[1,2]",
                "FP64|[1,2]|[1,2]",
                "INT32|[1,2]|[1,2]",
                "BYTES|[1,2]|[\"1\",\"2\"]",
                "BYTES|[1,2]|[1,2]",
                "UINT64|[1,2]|[1,2]",
                "BF16|[1,2]|[1,2]",
                "fp32|[1,2]|[1,2]",
            })
    void tensorsThatDoNotFitAreRefused(String datatype, String shape, String data) {
        assertThat(refused(infer("square", square(datatype, shape, data))).reason())
                .isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @ParameterizedTest
    @CsvSource({
        "INT8,-129",
        "INT8,128",
        "INT8,1.0",
        "UINT8,-1",
        "UINT8,256",
        "INT16,32768",
        "INT32,2147483648",
        "INT64,9223372036854775808",
        "INT64,1e3",
        "BOOL,1",
        "BOOL,\"true\"",
    })
    void numbersBeyondTheirTypeAreRefused(String datatype, String number) {
        assertThat(refused(infer("square", square(datatype, "[1,1]", "[" + number + "]"))))
                .hasMessageStartingWith("input x: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "{\"inputs\":{}}",
                "{\"inputs\":[5]}",
                "{\"inputs\":[{}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\"}]}",
                "{\"inputs\":[{\"name\":5,\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}",
                "{\"inputs\":[{\"name\":\"y\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2],\"parameters\":{\"binary_data_size\":0}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":-8}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"shared_memory_region\":\"r\"}}]}",
                "{\"id\":5,\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"outputs\":[{\"name\":\"y\"}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"outputs\":[{\"name\":\"x\"},{\"name\":\"x\"}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"outputs\":[{}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"classification\":1}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"binary_data\":1}}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}],\"parameters\":{\"sequence_id\":5}}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]} 5",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]},{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}",
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]",
            })
    void requestsThatDoNotFitAreRefused(String body) {
        assertThat(refused(infer("square", body)).reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void messagesNameTheTensorTheValueAndTheBound() {
        assertThat(refused(infer("mirror", mirror(GRID, IDS))))
                .hasMessage("input halves is missing");
        assertThat(refused(infer("square", square("FP32", "[1,2]", "[1]"))))
                .hasMessage("input x: FP32 [1, 2] is 2 elements, data has 1");
        assertThat(refused(infer("square", square("FP32", "[1000000000,2]", "[1,2]"))))
                .hasMessage("input x: there is less data than [1000000000, 2] needs");
        assertThat(refused(infer("square", square("INT8", "[1,2]", "[1,2]"))))
                .hasMessage("input x is FP32, was INT8");
        assertThat(
                        refused(
                                infer(
                                        "square",
                                        square("FP32", "[1,2]", "[1,2]")
                                                .replace("\"x\"", "\"y\""))))
                .hasMessage("the model has no input y; it has x");
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":4}}]}";
        assertThat(refused(binary("square", json, new byte[4])))
                .hasMessage("input x: FP32 [1, 2] is 8 bytes, binary_data_size is 4");
        assertThat(refused(binary("square", json.replace(":4}", ":8}"), new byte[9])))
                .hasMessage("1 bytes follow that no input claims");
    }

    @Test
    void stringsWhoseLengthsLieAreRefused() {
        String json =
                "{\"inputs\":[{\"name\":\"image\",\"shape\":[%s],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":%d}}]}";
        byte[] tooLong = little(8, b -> b.putInt(5).putInt(0));
        byte[] negative = little(8, b -> b.putInt(-1).putInt(0));
        byte[] oneMore = little(9, b -> b.putInt(4).putInt(0));

        assertThat(refused(binary("shapes", json.formatted(1, 8), tooLong)))
                .hasMessage("input image: string 0 says that it has 5 bytes, there are 4");
        assertThat(refused(binary("shapes", json.formatted(1, 8), negative)).getMessage())
                .contains("4294967295");
        assertThat(refused(binary("shapes", json.formatted(1, 9), oneMore)))
                .hasMessage("input image: 1 bytes behind its last string");
        assertThat(refused(binary("shapes", json.formatted("1000000000000", 8), tooLong)))
                .hasMessage("input image: there is less data than [1000000000000] needs");
        assertThat(refused(binary("shapes", json.formatted(3, 8), new byte[8])))
                .hasMessage("input image: there is less data than [3] needs");
    }

    @Test
    void textsThatAreNotUtf8OrTooLongOrTooManyAreRefused() {
        String json =
                "{\"inputs\":[{\"name\":\"text\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":5}}]}";
        byte[] broken = little(5, b -> b.putInt(1).put((byte) 0xFF));
        String five =
                "{\"inputs\":[{\"name\":\"text\",\"shape\":[5],\"datatype\":\"BYTES\",\"data\":[\"\",\"\",\"\",\"\",\"\"]}]}";

        assertThat(refused(binary("lengths", json, broken))).hasMessage("text[0] is not UTF-8");
        assertThat(refused(infer("lengths", five)))
                .hasMessage("input text has 5 entries, may have 4");
        assertThat(
                        refused(
                                infer(
                                        "lengths",
                                        five.replace("[5]", "[1]")
                                                .replaceAll(
                                                        "\"\",.*]}]",
                                                        "\"" + "a".repeat(21) + "\"]}]"))))
                .hasMessage("text[0] has 21 characters, may have 20");
    }

    @Test
    void soundThatIsNoNumberIsRefused() {
        String json =
                "{\"inputs\":[{\"name\":\"samples\",\"shape\":[1],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":4}}]}";

        assertThat(refused(binary("ears", json, little(4, b -> b.putFloat(Float.NaN)))))
                .hasMessage("input samples: element 0 is no finite number");
        assertThat(
                        refused(
                                infer(
                                        "ears",
                                        mirror(
                                                "{\"name\":\"samples\",\"shape\":[0],\"datatype\":\"FP32\",\"data\":[]}"))))
                .hasMessage("input samples is empty");
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

    @Test
    void randomBytesAreRefusedOrAnsweredAndNothingElseIsThrown() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        String json =
                "{\"id\":\"a\",\"inputs\":[{\"name\":\"grid\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[[1,2.5e0]]},"
                        + "{\"data\":[7],\"name\":\"ids\",\"shape\":[1],\"datatype\":\"INT64\"},"
                        + "{\"name\":\"halves\",\"shape\":[1],\"datatype\":\"FP16\",\"parameters\":{\"binary_data_size\":2}}],"
                        + "\"outputs\":[{\"name\":\"ids\",\"parameters\":{\"binary_data\":true}}]}";
        byte[] good = (json + "ab").getBytes(ISO_8859_1);
        int answered = 0;
        for (int i = 0; i < 40_000; i++) {
            byte[] body = good.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            int stated = random.nextInt(20) == 0 ? random.nextInt(body.length) : json.length();
            try {
                var length = new Header(InferRequest.HEADER, Integer.toString(stated));
                reply(to("POST", "/v2/models/mirror/infer", body, length));
                answered++;
            } catch (Refused expected) {
                assertThat(expected.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
            } catch (RuntimeException | StackOverflowError bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
        assertThat(answered).isPositive();
    }
}
