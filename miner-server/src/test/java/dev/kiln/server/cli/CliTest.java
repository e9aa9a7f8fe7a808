package dev.kiln.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.server.config.Home;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    @TempDir private Path folder = Path.of("");

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final List<String> shown = new ArrayList<>();
    private String typed = "";
    private boolean person;

    private int run(String... args) {
        Terminal terminal =
                new Terminal() {
                    @Override
                    public boolean isPerson() {
                        return person;
                    }

                    @Override
                    public String ask(String question) {
                        return typed;
                    }

                    @Override
                    public void show(String secret) {
                        shown.add(secret);
                    }
                };
        return new Cli((_, _) -> Exit.OK, terminal, new Home(folder.resolve("home")))
                .run(new PrintWriter(out, true), new PrintWriter(err, true), args);
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String command :
                new String[] {
                    "serve",
                    "wallet",
                    "wallet new",
                    "wallet show",
                    "config",
                    "config check",
                    "doctor"
                }) {
            out.getBuffer().setLength(0);
            List<String> args = new ArrayList<>(List.of(command.split(" ")));
            args.add("--help");

            assertThat(run(args.toArray(String[]::new))).isZero();
            assertThat(out.toString()).as(command).contains("Example: kiln " + command);
        }
    }

    @Test
    void aWrongCommandLineIsExitCodeTwo() {
        assertThat(run("serv")).isEqualTo(2);
        assertThat(run("wallet")).isEqualTo(2);
        assertThat(run()).isEqualTo(2);
        assertThat(run("wallet", "new")).isEqualTo(2);
        assertThat(run("wallet", "new", "x", "--scheme", "rsa")).isEqualTo(2);
    }

    @Test
    void aNewWalletPrintsItsAddressAndNoSecret() throws Exception {
        Path file = folder.resolve("hotkey");

        assertThat(run("wallet", "new", file.toString(), "--json")).isZero();

        var pair = Keyfile.read(file);
        JsonNode facts = new JsonMapper().readTree(out.toString());
        assertThat(facts.get("ss58").asText()).isEqualTo(pair.hotkey().ss58());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(out.toString() + err)
                .doesNotContain(pair.revealPhrase().orElseThrow())
                .doesNotContain(java.util.HexFormat.of().formatHex(pair.revealPrivateKey()));
        assertThat(run("wallet", "new", file.toString()))
                .as("an existing file is kept")
                .isEqualTo(1);
    }

    @Test
    void secretsAreShownToAPersonWhoConfirmsAndToNobodyElse() throws Exception {
        Path file = folder.resolve("hotkey");
        assertThat(run("wallet", "new", file.toString(), "--show-mnemonic")).isEqualTo(1);
        assertThat(file).doesNotExist();

        person = true;
        typed = "show my secret words";
        assertThat(run("wallet", "new", file.toString(), "--show-mnemonic")).isZero();
        String words = Keyfile.read(file).revealPhrase().orElseThrow();
        assertThat(shown).containsExactly(words);

        typed = "yes";
        assertThat(run("wallet", "show", file.toString(), "--reveal")).isEqualTo(1);
        person = false;
        typed = "show my secret";
        assertThat(run("wallet", "show", file.toString(), "--reveal")).isEqualTo(1);
        assertThat(run("wallet", "show", file.toString())).isZero();
        assertThat(shown).hasSize(1);
        assertThat(out.toString() + err).doesNotContain(words);
    }

    @Test
    void configCheckReportsEveryProblemAtOnce() throws Exception {
        Path file =
                Files.writeString(
                        folder.resolve("kiln.yaml"),
                        """
                        server: {port: 70000, hots: 0.0.0.0}
                        limits: {body-time: 5}
                        drain: {grace: soon}
                        models: [{name: minilm}]
                        """);

        assertThat(run("config", "check", file.toString(), "--json")).isEqualTo(2);

        JsonNode report = new JsonMapper().readTree(out.toString());
        assertThat(report.get("ok").asBoolean()).isFalse();
        assertThat(report.get("problems")).hasSize(5);
    }

    @Test
    void configCheckAcceptsTheReference() {
        assertThat(run("config", "check", Path.of("..", "kiln.yaml").toString())).isZero();
        assertThat(run("config", "check", "--config", folder.resolve("none.yaml").toString()))
                .isEqualTo(2);
    }

    @Test
    void doctorProvesTheEngineInAChildAndNamesRemedies() throws Exception {
        assertThat(run("doctor", "--json", "--port", "0")).isZero();

        JsonNode report = new JsonMapper().readTree(out.toString());
        assertThat(report.get("findings").findValuesAsText("what"))
                .containsExactly(
                        "machine",
                        "java",
                        "memory",
                        "open files",
                        "clock",
                        "port",
                        "hotkey",
                        "coldkeys",
                        "state",
                        "cache",
                        "engine");
        for (JsonNode finding : report.get("findings")) {
            assertThat(finding.get("state").asText().equals("ok"))
                    .isEqualTo(finding.get("remedy").asText().isEmpty());
        }
    }
}
