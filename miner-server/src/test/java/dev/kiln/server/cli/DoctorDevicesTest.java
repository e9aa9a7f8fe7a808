package dev.kiln.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.server.config.Config;
import dev.kiln.server.config.ConfigSource;
import dev.kiln.server.config.Home;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Several devices, each proved by a real child process. The GPUs are only said to be here, so the children find none.
@Timeout(300)
class DoctorDevicesTest {
    private static final List<String> SAID_TO_BE_HERE = List.of("cuda:0", "cuda:1", "cuda:2");
    private static final String NOT_TO_BE_HAD =
            "this build carries ONNX Runtime's CPU natives only";

    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();

    private int doctor(String... args) {
        var around =
                new Surroundings(
                        Terminal.SYSTEM,
                        new Home(folder.resolve("home")),
                        Map.of("BT_WALLET_PATH", folder.resolve("wallets").toString()),
                        InputStream.nullInputStream());
        out.getBuffer().setLength(0);
        return new CommandLine(new DoctorCommand(around, _ -> SAID_TO_BE_HERE))
                .setOut(new PrintWriter(out, true))
                .execute(args);
    }

    private JsonNode report() throws Exception {
        return new JsonMapper().readTree(out.toString());
    }

    private static List<String> facts(JsonNode findings, String what) {
        return findings.valueStream()
                .filter(one -> one.path("what").asText().equals(what))
                .map(one -> one.path("state").asText() + " " + one.path("fact").asText())
                .toList();
    }

    @Test
    void everyGpuIsTriedAndEachThatIsNotProvedFails() throws Exception {
        String[] args = {"--json", "--port", "0", "--set", "models[0].device=cuda", "--strict"};

        assertThat(doctor(args)).isEqualTo(1);

        JsonNode device = report().path("device");
        assertThat(device.path("requested").asText()).isEqualTo("cuda");
        assertThat(device.path("active").asText()).isEqualTo("none");
        assertThat(device.path("proved").asText()).isEqualTo("none");
        assertThat(device.path("devices").findValuesAsText("device"))
                .containsExactlyElementsOf(SAID_TO_BE_HERE);
        for (JsonNode each : device.path("devices")) {
            assertThat(each.path("requested").asText()).isEqualTo("cuda");
            assertThat(each.path("proved").asText()).isEqualTo("none");
            assertThat(each.path("problem").asText()).startsWith(NOT_TO_BE_HAD);
        }
        assertThat(facts(report().path("findings"), "engine"))
                .hasSize(3)
                .allMatch(line -> line.startsWith("fail "))
                .allMatch(line -> line.endsWith("would fall back to the CPU and say so"))
                .anyMatch(line -> line.contains("device requested cuda, here cuda:2, active none"));
    }

    @Test
    void autoFailsForEachGpuAndProvesWhatStandsIn() throws Exception {
        assertThat(doctor("--json", "--port", "0", "--set", "models[0].device=auto")).isZero();

        JsonNode device = report().path("device");
        assertThat(device.path("active").asText()).isEqualTo("cpu");
        assertThat(device.path("proved").asText()).isEqualTo("cpu");
        assertThat(device.path("problem").asText()).startsWith(NOT_TO_BE_HAD);
        assertThat(device.path("devices").findValuesAsText("proved"))
                .containsExactly("none", "none", "none", "cpu");
        assertThat(report().path("ok").asBoolean()).isFalse();
        assertThat(facts(report().path("findings"), "engine").getLast())
                .startsWith("ok onnxruntime ")
                .endsWith(
                        "device requested auto, here cpu, active cpu (100 % of its nodes), proved cpu");
    }

    @Test
    void everyModelsDeviceIsTriedOnce() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("kiln.yaml"),
                        """
                        models:
                          - {name: a, source: 'embedded:minilm', device: cpu}
                          - {name: b, source: 'embedded:minilm', device: cpu}
                          - {name: c, source: 'embedded:minilm', device: 'cuda:7'}
                        """);

        doctor("--port", "0", "--config", file.toString());

        assertThat(out.toString().lines().filter(line -> line.contains("  engine  ")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("ok ").endsWith("proved cpu"),
                        line ->
                                assertThat(line)
                                        .startsWith("fail ")
                                        .contains("requested cuda:7, active none"));
    }

    @Test
    void nobodyAsksForAGpuThatTheDriverHidesUnlessItIsNamed() throws Exception {
        Config config =
                new ConfigSource(Optional.empty(), List.of("models[0].device=cuda"))
                        .read()
                        .config();
        Config.Model takesAll = config.models().getFirst();
        var named =
                new Config.Model(
                        "named",
                        takesAll.source(),
                        takesAll.maxTokens(),
                        "cuda:1",
                        false,
                        1,
                        takesAll.batch());

        List<DoctorProof> proofs =
                DoctorProof.of(List.of(takesAll, named), folder, _ -> SAID_TO_BE_HERE);

        assertThat(proofs.stream().filter(proof -> proof.isHidden(1)).map(DoctorProof::device))
                .containsExactly("cuda:2");
        assertThat(proofs).noneMatch(proof -> proof.isHidden(0) || proof.isHidden(3));
    }
}
