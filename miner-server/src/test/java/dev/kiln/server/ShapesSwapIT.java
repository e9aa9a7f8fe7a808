package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.Answer;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.bittensor.wire.SignedRequest;
import dev.kiln.core.Header;
import dev.kiln.core.Time;
import dev.kiln.server.admin.AdminClient;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The models of the repository that are broken on purpose, tried beside a good one on the real engine.
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ShapesSwapIT {
    private static final Path MODELS = Path.of("..", "models").toAbsolutePath().normalize();
    private static final String PATH = "/v1/image-classification";

    @TempDir private Path home = Path.of("");

    private Path file = Path.of("");
    private Miner miner;
    private RequestSigner signer;

    @BeforeEach
    void start() throws Exception {
        file = home.resolve("kiln.yaml");
        configure("shapes-small");
        miner = Miner.start(new ConfigSource(Optional.of(file), List.of()), new Home(home));
        miner.awaitReady();
        signer =
                new RequestSigner(Keyfile.read(new Home(home).developmentValidator()), Time.SYSTEM);
    }

    @AfterEach
    void stop() throws Exception {
        miner.drain();
    }

    private void configure(String model) throws Exception {
        Files.writeString(
                file,
                """
                server: {port: 0}
                models:
                  - {name: shapes, source: '%s', engine-threads: 1}
                routes:
                  - {path: %s, task: image-classification, deadline: 60s}
                synapses: none
                """
                        .formatted(MODELS.resolve(model), PATH));
    }

    private JsonNode admin(String path, Map<String, Optional<?>> fields) throws Exception {
        return AdminClient.of(new Home(home).state(true), Optional.empty())
                .ask(path, fields, _ -> {});
    }

    private Answer classify(byte[] image) throws Exception {
        SignedRequest request = signer.sign("POST", PATH, image, miner.who().miner().hotkey());
        List<Header> headers = new ArrayList<>(request.headers());
        headers.add(new Header("Content-Type", "image/png"));
        return RawHttp.ask(miner.port(), "POST", PATH, headers, image);
    }

    private static byte[] golden() throws Exception {
        return Files.readAllBytes(MODELS.resolve("shapes-small").resolve("golden.png"));
    }

    private static byte[] bright() throws Exception {
        var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        int[] white = new int[64 * 64];
        Arrays.fill(white, 0xFFFFFF);
        image.setRGB(0, 0, 64, 64, white, 0, 64);
        var png = new ByteArrayOutputStream();
        ImageIO.write(image, "png", png);
        return png.toByteArray();
    }

    @Test
    void oneWhoseGoldenSampleFailsIsNeverTakenAndTheOldOneServes() throws Exception {
        configure("shapes-mixed-up");
        for (int time = 0; time < 5; time++) {
            JsonNode applied = admin("config/apply", Map.of());

            assertThat(applied.path("ok").asBoolean()).isFalse();
            assertThat(applied.path("reason").asText())
                    .contains("golden")
                    .endsWith("nothing was changed");
            Answer answer = classify(golden());
            assertThat(answer.status()).isEqualTo(200);
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("letter-");
        }
    }

    @Test
    void oneThatGivesNanForBrightPicturesIsTakenBackByItself() throws Exception {
        JsonNode began =
                admin(
                        "models/canary",
                        Map.of(
                                "source",
                                Optional.of(MODELS.resolve("shapes-bright-nan").toString()),
                                "percent",
                                Optional.of(100)));
        assertThat(began.path("ok").asBoolean()).as(began.toString()).isTrue();
        assertThat(classify(golden()).status()).isEqualTo(200);

        JsonNode trial = trial();
        while (trial.path("on").asBoolean()) {
            assertThat(classify(bright()).status()).isEqualTo(200);
            trial = trial();
        }

        assertThat(trial.path("verdict").asText()).contains("that the other model answered");
        assertThat(trial.path("touched").asInt()).isBetween(4, 5);
        assertThat(classify(bright()).status()).isEqualTo(200);
    }

    @Test
    void aShadowIsJudgedByPicturesWhoseLabelsAreKnown() throws Exception {
        JsonNode began =
                admin(
                        "models/shadow",
                        Map.of(
                                "source",
                                Optional.of(MODELS.resolve("shapes-large").toString()),
                                "labelled",
                                Optional.of(MODELS.resolve("labelled/shapes").toString())));
        assertThat(began.path("ok").asBoolean()).as(began.toString()).isTrue();

        JsonNode quality = trial().path("quality");
        while (quality.at("/candidate/n").asInt() < 128) {
            Thread.onSpinWait();
            quality = trial().path("quality");
        }

        assertThat(quality.at("/answering/mean").asDouble()).isBetween(0.9, 1.0);
        assertThat(quality.at("/candidate/mean").asDouble()).isBetween(0.9, 1.0);
    }

    private JsonNode trial() throws Exception {
        return admin("models", Map.of()).path("models").path(0).path("trial");
    }
}
