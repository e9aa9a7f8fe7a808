package dev.kiln.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// NVIDIA's own `tritonclient` asks this server. Needs `.venv-triton` at the repository's root, made by `interop/setup
/// triton`; without it these tests are skipped, or fail where `KILN_REQUIRE_INTEROP=1`.
@Timeout(180)
class TritonInteropIT {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path PYTHON = ROOT.resolve(".venv-triton/bin/python");

    @TempDir private static Path home = Path.of("");

    @BeforeAll
    static void requirePython() {
        if (!Files.isExecutable(PYTHON)) {
            String reason =
                    "no .venv-triton at the repository's root; run interop/setup triton to make it";
            if ("1".equals(System.getenv("KILN_REQUIRE_INTEROP"))) {
                fail(reason);
            }
            assumeTrue(false, reason);
        }
    }

    /// How many checks the script made; every one of them held.
    private static int checks(int port, String what) throws Exception {
        Process python =
                new ProcessBuilder(
                                PYTHON.toString(),
                                "src/test/resources/interop/triton.py",
                                Integer.toString(port),
                                TaskRig.KEY,
                                what)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String said = new String(python.getInputStream().readAllBytes(), UTF_8);
        assertThat(python.waitFor()).as(said).isZero();
        return Integer.parseInt(said.strip());
    }

    @Test
    void textsGoToTheEmbeddedModelAsTensors() throws Exception {
        Path keys = Files.writeString(home.resolve("keys"), "friend: " + TaskRig.KEY + "\n");
        var rig = new Rig(home, "api-keys.file=" + keys, "routes[4].deadline=120s");
        try {
            assertThat(checks(rig.port(), "minilm")).isGreaterThanOrEqualTo(24);
        } finally {
            rig.stop();
        }
    }

    @Test
    void modelsOfEveryPurposeCanBeAsked() throws Exception {
        try (var rig = new TaskRig()) {
            assertThat(checks(rig.port(), "toys")).isGreaterThanOrEqualTo(32);
        }
    }
}
