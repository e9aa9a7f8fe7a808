package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.core.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The default routes over real HTTP, with models that can be followed by hand.
@Timeout(60)
class TasksIT {
    private static final byte[] NOTHING = {};

    private static TaskRig rig;

    @BeforeAll
    static void start() throws Exception {
        rig = new TaskRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    private static Answer ask(
            String method, String target, String type, byte[] body, Header... more)
            throws IOException {
        List<Header> headers = new ArrayList<>(List.of(more));
        if (headers.stream().noneMatch(header -> header.name().equals("Authorization"))) {
            headers.add(key(TaskRig.KEY));
        }
        if (!type.isEmpty()) {
            headers.add(new Header("Content-Type", type));
        }
        return RawHttp.ask(rig.port(), method, target, headers, body);
    }

    private static Header key(String key) {
        return new Header("Authorization", "Bearer " + key);
    }

    private static Answer get(String target) throws IOException {
        return ask("GET", target, "", NOTHING);
    }

    private static Answer get(TaskRig from, String target) throws IOException {
        List<Header> key = List.of(new Header("Authorization", "Bearer " + TaskRig.KEY));
        return RawHttp.ask(from.port(), "GET", target, key, NOTHING);
    }

    private static JsonNode json(Answer answer) throws IOException {
        return new JsonMapper().readTree(answer.body());
    }

    private static String text(Answer answer) {
        return new String(answer.body(), UTF_8);
    }

    @Test
    void everyTaskIsServedByDefault() throws Exception {
        Answer image = ask("POST", "/v1/image-classification?top_k=1", "image/png", new byte[] {1});
        Answer file =
                ask("POST", "/v1/file-type?top_k=1", "application/octet-stream", new byte[] {2});
        Answer sound =
                ask("POST", "/v1/voice-activity-detection", "audio/pcm;rate=8000", new byte[16]);
        Answer embedding =
                ask(
                        "POST",
                        "/v1/embeddings",
                        "application/json",
                        "{\"input\":\"abc\"}".getBytes(UTF_8));

        assertThat(text(image)).isEqualTo("[{\"label\":\"square\",\"score\":0.75}]");
        assertThat(text(file)).isEqualTo("[{\"label\":\"wav\",\"score\":0.75}]");
        assertThat(json(sound).at("/probabilities")).hasSize(2);
        assertThat(json(embedding).at("/data/0/embedding/0").asDouble()).isEqualTo(3);
    }

    @Test
    void aModelThatIsBeingRebuiltIsNotReadyNorIsTheWhole() throws Exception {
        try (var failing = new TaskRig()) {
            failing.takeDown("shapes");

            assertThat(get(failing, "/v2/models/shapes/ready").status()).isEqualTo(503);
            assertThat(json(get(failing, "/v2/models/shapes/ready")).at("/ready").asBoolean(true))
                    .isFalse();
            assertThat(get(failing, "/v2/models/mirror/ready").status()).isEqualTo(200);
            assertThat(get(failing, "/v2/health/ready").status()).isEqualTo(503);
            assertThat(get(failing, "/v2/health/live").status()).isEqualTo(200);
            assertThat(json(get(failing, "/v2/repository/index")).findValuesAsText("state"))
                    .containsOnlyOnce("UNAVAILABLE")
                    .contains("READY");
        }
    }

    @Test
    void healthIsForEverybodyAndWhatNamesModelsForCallers() throws Exception {
        for (String path : List.of("/v2/health/live", "/v2/health/ready")) {
            assertThat(RawHttp.ask(rig.port(), "GET", path, List.of(), NOTHING).status())
                    .isEqualTo(200);
        }
        for (String path : List.of("/v2", "/v2/models/shapes", "/v2/models/shapes/ready")) {
            Answer stranger = RawHttp.ask(rig.port(), "GET", path, List.of(), NOTHING);
            assertThat(stranger.status()).isEqualTo(401);
            assertThat(json(stranger).at("/error").asText()).startsWith("AUTH_NO_SIGNATURE: ");
            assertThat(get(path).status()).isEqualTo(200);
        }
    }

    @Test
    void tensorsGoInAndOutInBinaryForm() throws Exception {
        String json =
                "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":8}}],"
                        + "\"parameters\":{\"binary_data_output\":true}}";
        var body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(UTF_8));
        byte[] tensor = {1, 2, 3, 4, 5, 6, 7, 8};
        body.writeBytes(tensor);
        var length = new Header("Inference-Header-Content-Length", Integer.toString(json.length()));

        Answer answer =
                ask(
                        "POST",
                        "/v2/models/square/infer",
                        "application/octet-stream",
                        body.toByteArray(),
                        length);

        assertThat(answer.status()).isEqualTo(200);
        byte[] all = answer.body();
        assertThat(Arrays.copyOfRange(all, all.length - 8, all.length)).isEqualTo(tensor);
        assertThat(answer.headers())
                .contains(
                        new Header(
                                "Inference-Header-Content-Length",
                                Integer.toString(all.length - 8)));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,/v2/models/none,404,TASK_UNKNOWN_MODEL",
        "GET,/v2/models/none/ready,404,TASK_UNKNOWN_MODEL",
        "GET,/v2/what,404,TASK_UNKNOWN",
        "GET,/v2/models/square/infer,405,TASK_BAD_METHOD",
        "DELETE,/v2/models/square,405,TASK_BAD_METHOD",
        "POST,/v2/models/square/infer,400,TASK_BAD_INPUT",
    })
    void refusalsUnderTheProtocolAreInItsShape(String method, String path, int status, String code)
            throws Exception {
        Answer answer = ask(method, path, "", NOTHING);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(json(answer).at("/error").asText()).startsWith(code + ": ");
    }

    @Test
    void pathsBesideTheTreeAreNotItsOwn() throws Exception {
        for (String path : List.of("/v2x", "/v2models/square", "/v1", "/v1/file-type/more")) {
            assertThat(get(path).status()).as(path).isEqualTo(404);
        }
    }

    @Test
    void mediaThatATaskDoesNotReadAreRefusedWithThoseItDoes() throws Exception {
        Answer form =
                ask("POST", "/v1/file-type", "application/x-www-form-urlencoded", new byte[] {1});
        Answer gzip =
                ask(
                        "POST",
                        "/v2/models/square/infer",
                        "application/octet-stream",
                        new byte[] {1},
                        new Header("Content-Encoding", "gzip"));

        assertThat(form.status()).isEqualTo(415);
        assertThat(json(form).at("/error/code").asText()).isEqualTo("TASK_MEDIA_TYPE");
        assertThat(gzip.status()).isEqualTo(415);
        assertThat(json(gzip).at("/error").asText())
                .isEqualTo(
                        "TASK_MEDIA_TYPE: Content-Encoding must be absent: bodies are taken uncompressed");
    }

    @Test
    void streamsOfTwoCallersAreNeverMixed() throws Exception {
        String target = "/v1/voice-activity-detection?stream=kitchen&piece=";
        for (String key : List.of(TaskRig.KEY, TaskRig.OTHER_KEY)) {
            assertThat(
                            ask("POST", target + 0, "audio/pcm;rate=8000", new byte[8], key(key))
                                    .status())
                    .isEqualTo(200);
        }
        Answer again = ask("POST", target + 0, "audio/pcm;rate=8000", new byte[8]);
        Answer next = ask("POST", target + "1&final=true", "audio/pcm;rate=8000", new byte[8]);
        Answer others =
                ask("POST", target + 1, "audio/pcm;rate=8000", new byte[8], key(TaskRig.OTHER_KEY));

        assertThat(again.status()).isEqualTo(409);
        assertThat(json(again).at("/error/code").asText()).isEqualTo("TASK_STREAM");
        assertThat(next.status()).isEqualTo(200);
        assertThat(json(others).at("/from").asDouble()).isEqualTo(0.0005);
    }

    @Test
    void aRouteCanBeGivenOneModelAndAnotherPath() throws Exception {
        try (var other =
                new TaskRig(
                        "models[0].name=shapes",
                        "routes[1].path=/labels",
                        "routes[1].model=shapes",
                        "routes[4].path=/kiln/v2")) {
            Header key = key(TaskRig.KEY);
            var png = new Header("Content-Type", "image/png");
            assertThat(
                            RawHttp.ask(
                                            other.port(),
                                            "POST",
                                            "/labels",
                                            List.of(key, png),
                                            new byte[] {1})
                                    .status())
                    .isEqualTo(200);
            Answer missing =
                    RawHttp.ask(other.port(), "GET", "/kiln/v2/models/no", List.of(key), NOTHING);
            assertThat(json(missing).at("/error").asText()).startsWith("TASK_UNKNOWN_MODEL");
            assertThat(
                            RawHttp.ask(
                                            other.port(),
                                            "GET",
                                            "/kiln/v2/health/ready",
                                            List.of(),
                                            NOTHING)
                                    .status())
                    .isEqualTo(200);
        }
    }
}
