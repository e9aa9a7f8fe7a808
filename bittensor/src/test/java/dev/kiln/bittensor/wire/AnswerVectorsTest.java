package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The golden cases are what the code makes, to the byte, and get the verdicts written beside them. Run with
/// `-Dkiln.vectors.write=true` in the test JVM to write them anew.
class AnswerVectorsTest {
    private static final Path FILE = Path.of("src/test/resources/vectors/kiln-answer-1.json");

    static JsonNode file() throws IOException {
        return new JsonMapper().readTree(FILE.toFile());
    }

    @Test
    void theGoldenCasesAreMadeToTheByte() throws Exception {
        JsonNode built = AnswerVectors.build();
        if (Boolean.getBoolean("kiln.vectors.write")) {
            Files.writeString(FILE, built.toPrettyString() + "\n");
        }

        assertThat(file()).isEqualTo(new JsonMapper().readTree(built.toString()));
    }

    @Test
    void everyGoldenCaseHasItsVerdict() throws IOException {
        for (JsonNode one : file().get("cases")) {
            String verdict = "ACCEPTED";
            try {
                Receipt receipt = Exchange.parse(one.toString()).check();
                assertThat(one.get("request_digest").asText()).isEqualTo(receipt.requestDigest());
            } catch (BadAnswer bad) {
                verdict = bad.fault().name();
            }

            assertThat(verdict)
                    .as(one.get("name").asText())
                    .isEqualTo(one.get("verdict").path("fault").asText("ACCEPTED"));
        }
        assertThat(file().get("cases")).hasSize(21);
    }
}
