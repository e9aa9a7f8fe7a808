package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.server.config.Home;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// SDK 10's own Dendrite asks this server. Needs `.venv10` at the repository's root, made by `interop/setup 10`; without
/// it these tests are skipped, or fail where `KILN_REQUIRE_INTEROP=1`.
@Timeout(120)
class DendriteInteropIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PYTHON = ROOT.resolve(".venv10/bin/python");

    @TempDir private static Path home = Path.of("");

    private static Rig rig;

    @BeforeAll
    static void start() throws Exception {
        if (!Files.isExecutable(PYTHON)) {
            String reason = "no .venv10 at the repository's root; run interop/setup 10 to make it";
            if ("1".equals(System.getenv("KILN_REQUIRE_INTEROP"))) {
                fail(reason);
            }
            assumeTrue(false, reason);
        }
        new Home(home).development(new Home(home).developmentValidator());
        KeyPair alice = KeyPair.fromUri("//Alice", Scheme.SR25519);
        Path roster =
                Files.writeString(
                        home.resolve("roster.yaml"),
                        "- {hotkey: %s, stake: 1}%n".formatted(alice.hotkey().ss58()));
        rig =
                new Rig(
                        home,
                        "roster.file=" + roster,
                        "synapses[1].name=HashedEmbedding",
                        "synapses[1].task=embeddings",
                        "synapses[1].hash-fields=texts list[str], scale float, options dict[any]",
                        "synapses[2].name=StreamedEmbedding",
                        "synapses[2].task=embeddings",
                        "synapses[2].stream=lines",
                        "synapses[3].name=StreamedEvents",
                        "synapses[3].task=embeddings",
                        "synapses[3].stream=events");
    }

    @AfterAll
    static void stop() throws Exception {
        if (rig != null) {
            rig.stop();
        }
    }

    private static JsonNode ask(String uri, String synapse, String... texts) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                PYTHON.toString(),
                                "src/test/resources/interop/dendrite.py",
                                uri,
                                rig.hotkey().ss58(),
                                Integer.toString(rig.port()),
                                synapse));
        command.addAll(List.of(texts));
        Process python =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(python.getInputStream().readAllBytes(), UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        return new JsonMapper().readTree(said.lines().toList().getLast());
    }

    @Test
    void itsDendriteGetsVectorsAndKeepsTheMinersHotkey() throws Exception {
        JsonNode saw = ask("//Alice", "TextEmbedding", "it's", "wörld 😀");

        assertThat(saw.get("message").asText()).isEqualTo("Success");
        assertThat(saw.get("success").asBoolean()).isTrue();
        assertThat(saw.get("axon_hotkey").asText()).isEqualTo(rig.hotkey().ss58());
        assertThat(saw.get("texts").get(1).asText()).isEqualTo("wörld 😀");
        assertThat(saw.get("lengths")).hasSize(2).allMatch(length -> length.asInt() == 384);
    }

    @Test
    void itsBodyHashIsOurs() throws Exception {
        JsonNode saw = ask("//Alice", "HashedEmbedding", "it's", "\"both\" it's", "tab\tü");

        assertThat(saw.get("message").asText()).isEqualTo("Success");
        assertThat(saw.get("lengths")).hasSize(3);
    }

    @Test
    void aRefusalReachesItsStatusMessage() throws Exception {
        JsonNode stranger = ask("//Charlie", "TextEmbedding", "a");
        JsonNode tooLong = ask("//Alice", "TextEmbedding", "x".repeat(70_000));

        assertThat(stranger.get("status").asInt()).isEqualTo(403);
        assertThat(stranger.get("message").asText()).startsWith("AUTH_UNKNOWN_CALLER: ");
        assertThat(tooLong.get("status").asInt()).isEqualTo(400);
        assertThat(tooLong.get("message").asText())
                .startsWith("TASK_BAD_INPUT: texts[0] has 70000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"StreamedEmbedding", "StreamedEvents"})
    void itsDendriteReadsAStreamVectorByVector(String synapse) throws Exception {
        JsonNode saw = ask("//Alice", synapse, "it's", "wörld 😀", "a dog");

        assertThat(saw.get("message").asText()).isEqualTo("Success");
        assertThat(saw.get("success").asBoolean()).isTrue();
        assertThat(saw.get("axon_hotkey").asText()).isEqualTo(rig.hotkey().ss58());
        assertThat(saw.get("lengths")).hasSize(3).allMatch(length -> length.asInt() == 384);
        assertThat(saw.get("chunks").asInt()).isEqualTo(3);
    }

    @Test
    void aRefusedStreamEndsInItsStatusMessage() throws Exception {
        JsonNode stranger = ask("//Charlie", "StreamedEmbedding", "a");

        assertThat(stranger.get("success").asBoolean()).isFalse();
        assertThat(stranger.get("status").asInt()).isEqualTo(403);
    }
}
