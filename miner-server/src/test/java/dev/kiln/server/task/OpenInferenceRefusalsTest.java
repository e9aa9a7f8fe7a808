package dev.kiln.server.task;

import static dev.kiln.server.task.Asking.to;
import static dev.kiln.server.task.Inferring.GRID;
import static dev.kiln.server.task.Inferring.IDS;
import static dev.kiln.server.task.Inferring.NOTHING;
import static dev.kiln.server.task.Inferring.binary;
import static dev.kiln.server.task.Inferring.infer;
import static dev.kiln.server.task.Inferring.little;
import static dev.kiln.server.task.Inferring.mirror;
import static dev.kiln.server.task.Inferring.refused;
import static dev.kiln.server.task.Inferring.reply;
import static dev.kiln.server.task.Inferring.square;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the protocol's bodies are refused for, whatever their bytes.
class OpenInferenceRefusalsTest {
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
