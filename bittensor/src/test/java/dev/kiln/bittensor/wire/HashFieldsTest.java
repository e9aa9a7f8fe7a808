package dev.kiln.bittensor.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Refusal;
import dev.kiln.core.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The digests were made by the SDK itself.
class HashFieldsTest {
    private static String digest(String fields, String body) throws Refused {
        return HashFields.parse(fields).digest(body.getBytes(UTF_8));
    }

    @Test
    void withoutFieldsTheBodyIsNotEvenRead() throws Refused {
        assertThat(HashFields.NONE.digest("{oops".getBytes(UTF_8)))
                .isEqualTo("a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a int, b int, d list[str] | {\"a\":1,\"b\":2,\"d\":[\"foobar\"]}"
                        + " | ae06397d08f30f75c91395c59f05c62ac3b62b88250eb78b109213258e6ced0c",
                "prompt str, n int | {\"n\":3,\"prompt\":\"hi\"}"
                        + " | dcd9e6cf38d229a7bfbd31b88f33d0a494b84e13899ceed13576b020e54cbc9d",
                "a int, m list[any], f float, o str | {\"a\":-5,\"m\":[],\"f\":1,\"o\":null}"
                        + " | c3ac2e1ec1598b49495f8b296987e2880af4bec7f4b7d9d1639cc022839dee5b",
                "a int, m list[any], f float, o str | {\"a\":-5.0,\"m\":[],\"f\":1.0}"
                        + " | c3ac2e1ec1598b49495f8b296987e2880af4bec7f4b7d9d1639cc022839dee5b",
            })
    void fieldsAreHashedAsTheSdkDoes(String fields, String body, String digest) throws Refused {
        assertThat(digest(fields, body)).isEqualTo(digest);
    }

    @Test
    void quotesEscapesAndUnprintableCharactersAreThoseOfPython() throws Refused {
        String text = "it's \\\"q\\\" \\\\ \\n\\t\u00e9 \\u200b \ud83d\ude00";

        assertThat(
                        digest(
                                "a int, m list[dict[str]], f float, o str",
                                "{\"a\":1,\"m\":[{\"role\":\"user\",\"content\":\"%s\"}],\"f\":0.1}"
                                        .formatted(text)))
                .isEqualTo("a9a859f08d0dd0612c832491017fed8b79ab67b6a8c69d93ba115d493ffca016");
    }

    @Test
    void numbersOfEverySizeAreThoseOfPython() throws Refused {
        assertThat(
                        digest(
                                "a int, m list[any], f float, o str",
                                """
                                {"a":100000000000000000000,
                                 "m":[{"x":null,"y":true,"z":[1,2.5,1e100,1e-7,100000.0,1e15,1e16,123456789012345680.0]}],
                                 "f":1e-5,"o":"s"}\
                                """))
                .isEqualTo("0914de28bff5e3987bbe4ac62702e3598bcff7b45dc8c0a69750d3f1d69ba0d1");
    }

    @ParameterizedTest
    @CsvSource({
        "0.0, 0.0",
        "-0.0, -0.0",
        "1e-4, 0.0001",
        "0.00001, 1e-05",
        "1e15, 1000000000000000.0",
        "1e16, 1e+16",
        "-1.5e300, -1.5e+300",
        "5e-324, 5e-324",
        "123456.789, 123456.789",
        "2e-3, 0.002",
    })
    void floatsArePrintedAsPythonDoes(double value, String text) {
        assertThat(PythonText.number(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"a\":\"it's\"}      | {'a': \"it's\"}",
                "[\"a\\\"b\",'x']      | ['a\"b', 'x']",
                "[\"'\\\"\"]           | ['\\'\"']",
                "[\"\\u0000\\u007f\\u00a0\\u00ad\\ue000\"] | ['\\x00\\x7f\\xa0\\xad\\ue000']",
                "[\"\\ud83d\"]         | ['\\ud83d']",
                "[\"\\u2028 \\u3000\"] | ['\\u2028 \\u3000']",
                "[true,false,null,[]]  | [True, False, None, []]",
            })
    void nestedValuesArePrintedAsPythonDoes(String json, String text) throws IOException {
        JsonMapper mapper =
                JsonMapper.builder().enable(JsonReadFeature.ALLOW_SINGLE_QUOTES).build();

        assertThat(PythonText.str(mapper.readTree(json))).isEqualTo(text);
    }

    @Test
    void randomFloatsAndTextsArePrintedAsCPythonDoes() throws IOException {
        try (InputStream in =
                HashFieldsTest.class.getResourceAsStream("/vectors/python-repr.json")) {
            JsonNode recorded = new JsonMapper().readTree(in);
            for (String kind : List.of("floats", "texts")) {
                assertThat(recorded.get(kind)).hasSizeGreaterThan(200);
                for (JsonNode pair : recorded.get(kind)) {
                    assertThat(PythonText.repr(pair.get(0))).isEqualTo(pair.get(1).textValue());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "texts",
                "texts text",
                "texts list[]",
                "texts list[str",
                "texts str, texts str",
                "a-b str",
                "texts str,",
                "none"
            })
    void listsThatCannotBeMeantAreRefused(String fields) {
        assertThatThrownBy(() -> HashFields.parse(fields))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "{oops", "[]", "1", "{\"n\":1}x", "{\"n\":1,\"n\":2}", "{\"n\":NaN}"})
    void aBodyThatIsNoJsonObjectIsRefused(String body) {
        var refused = catchThrowableOfType(Refused.class, () -> digest("n int", body));

        assertThat(refused.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
    }

    @Test
    void randomBytesAreRefusedAndNothingElseIsThrown() {
        long seed = ThreadLocalRandom.current().nextLong();
        var random = new Random(seed);
        HashFields fields = HashFields.parse("a list[float], b dict[int]");
        byte[] good = "{\"a\":[1,2.5,\"x\"],\"b\":{\"k\":1e400,\"l\":[[[]]]}}".getBytes(UTF_8);
        for (int i = 0; i < 20_000; i++) {
            byte[] body = good.clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                body[random.nextInt(body.length)] = (byte) random.nextInt(256);
            }
            try {
                fields.digest(body);
            } catch (Refused expected) {
                assertThat(expected.reason()).isEqualTo(Refusal.TASK_BAD_INPUT);
            } catch (RuntimeException bug) {
                throw new AssertionError("seed " + seed + ", round " + i, bug);
            }
        }
    }
}
