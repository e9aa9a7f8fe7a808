package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.attack.StubServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class AttackCommandIT {
    @TempDir private static Path folder = Path.of("");

    private static String key = "";
    private static String miner = "";

    record Said(int code, String out, String err) {}

    @BeforeAll
    static void writeKey() throws Exception {
        Path file = folder.resolve("caller");
        Keyfile.write(file, KeyPair.generate(Scheme.SR25519), false);
        key = file.toString();
        miner = KeyPair.generate(Scheme.SR25519).hotkey().ss58();
    }

    @Test
    void aPermissiveServerEndsWithOneAndIsReportedAsJson() throws Exception {
        try (var yes = new StubServer(200, "{}")) {
            Said said = attack(yes, "--only", "{sig,body}-*", "--json");
            JsonNode report = new ObjectMapper().readTree(said.out());

            assertThat(said.code()).isEqualTo(1);
            assertThat(report.path("verdict").asText()).isEqualTo("fail");
            assertThat(report.path("bad").asLong())
                    .isEqualTo(report.path("tried").asLong())
                    .isGreaterThan(50);
            assertThat(report.at("/effects/accepted").asLong())
                    .isEqualTo(report.path("tried").asLong());
            assertThat(report.at("/cases/0/why").asText()).isNotBlank();
            assertThat(said.err()).contains("BAD", "FAIL");
        }
    }

    @Test
    void aServerOfAnotherKindIsToldWhatItLetThrough() throws Exception {
        try (var yes = new StubServer(200, "{}")) {
            Said said = attack(yes, "--only", "sig-b*", "--target", "axon-10");

            assertThat(said.code()).isEqualTo(1);
            assertThat(said.out())
                    .contains("LET  sig-bit-r", "let through (", "accepted (200)")
                    .doesNotContain("BAD");
        }
    }

    @Test
    void nothingIsLearnedFromAServerThatRefusesTheHonest() throws Exception {
        try (var no = new StubServer(403, "{\"error\":{\"code\":\"AUTH_UNKNOWN_CALLER\"}}")) {
            Said said = attack(no, "--only", "sig-*");

            assertThat(said.code()).isEqualTo(2);
            assertThat(said.err()).contains("AUTH_UNKNOWN_CALLER", "--key").hasLineCount(1);
        }
    }

    @Test
    void othersHostsAreLeftAlone() {
        Said said = run("attack", "run", "--against", "http://192.0.2.1:8091", "--miner", miner);

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("--i-own-this-host").hasLineCount(1);
    }

    @Test
    void whatCannotRunSaysSoInOneLine() {
        for (List<String> words :
                List.of(
                        List.of("attack", "run"),
                        List.of("attack", "run", "--start", "--target", "axon-10"),
                        List.of("attack", "run", "--start", "--target", "axon"),
                        List.of("attack", "run", "--start", "--dialect", "latin"),
                        List.of("attack", "run", "--start", "--only", "no-such-*"),
                        List.of("attack", "run", "--against", "https://127.0.0.1:1"),
                        List.of(
                                "attack",
                                "run",
                                "--against",
                                "http://127.0.0.1:1",
                                "--key",
                                key,
                                "--miner",
                                miner),
                        List.of("attack", "list", "--only", "no-such-*"))) {
            Said said = run(words.toArray(String[]::new));

            assertThat(said.code()).as(words.toString()).isEqualTo(2);
            assertThat(said.err()).as(words.toString()).hasLineCount(1);
        }
    }

    @Test
    void theListSaysWhatIsTriedAndWhy() throws Exception {
        Said text = run("attack", "list", "--only", "replay-*");
        Said json = run("attack", "list", "--json");

        assertThat(text.code()).isZero();
        assertThat(text.out()).contains("replay-pair", "401 TIME_REPLAY", "next");
        assertThat(new ObjectMapper().readTree(json.out()).path("count").asInt())
                .isGreaterThan(200);
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String[] words :
                List.of(
                        new String[] {"attack", "run", "--help"},
                        new String[] {"attack", "list", "--help"},
                        new String[] {"why", "--help"})) {
            Said said = run(words);

            assertThat(said.out()).contains("Example:", "Exit codes:");
            assertThat(said.code()).isZero();
        }
    }

    private static Said attack(StubServer server, String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                "attack",
                                "run",
                                "--against",
                                server.url().toString(),
                                "--key",
                                key));
        all.addAll(List.of("--miner", miner));
        all.addAll(List.of(words));
        return run(all.toArray(String[]::new));
    }

    static Said run(String... words) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        PrintStream realOut = System.out;
        PrintStream realErr = System.err;
        System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            int code = Commands.run(words);
            return new Said(
                    code,
                    out.toString(StandardCharsets.UTF_8),
                    err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(realOut);
            System.setErr(realErr);
        }
    }
}
