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
                    "model list",
                    "model add",
                    "model check",
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
    void modelCheckNamesEveryProblemOfAFolder() throws Exception {
        Path model = Files.createDirectory(folder.resolve("model"));
        assertThat(run("model", "check", model.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("model.yaml  no such file; name a model's folder");

        Files.writeString(model.resolve("model.yaml"), "engine: onnx\ntask: tensrs\n");
        assertThat(run("model", "check", model.toString(), "--json")).isEqualTo(1);
        assertThat(out.toString())
                .contains("\"ok\":false")
                .contains("task = \\\"tensrs\\\"  must be text-embedding or image-classification");
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
                        "reach",
                        "hotkey",
                        "coldkeys",
                        "state",
                        "cache",
                        "announce",
                        "engine",
                        "gpu");
        assertThat(report.at("/device/requested").asText()).isEqualTo("auto");
        assertThat(report.at("/device/active").asText()).isEqualTo("cpu");
        assertThat(report.at("/device/proved").asText()).isEqualTo("cpu");
        assertThat(report.at("/device/percent").asText()).isEqualTo("100");
        for (JsonNode finding : report.get("findings")) {
            assertThat(finding.get("state").asText().equals("ok"))
                    .isEqualTo(finding.get("remedy").asText().isEmpty());
        }
    }

    @Test
    void theCatalogueListsModelsOfBothEngines() throws Exception {
        assertThat(run("model", "list", "--json")).isZero();

        JsonNode list = new JsonMapper().readTree(out.toString());
        assertThat(list.isArray()).isTrue();
        assertThat(list.size()).isGreaterThanOrEqualTo(8);
        for (JsonNode model : list) {
            assertThat(model.path("name").asText()).matches("[a-z0-9-]+");
            assertThat(model.path("engine").asText()).isIn("onnx", "pytorch");
            assertThat(model.path("size").longValue()).isPositive();
            assertThat(model.path("licence").asText()).isNotBlank();
            assertThat(model.path("installed").isBoolean()).isTrue();
        }
        assertThat(list.findValuesAsText("engine")).contains("onnx", "pytorch");
    }

    @Test
    void aModelOfThisBuildIsAddedAndThenListedAsAdded() throws Exception {
        assertThat(run("model", "add", "shapes-small")).isZero();
        assertThat(out.toString()).contains("next: source: catalog:shapes-small in kiln.yaml");
        assertThat(folder.resolve("home/cache/models/shapes-small/model.yaml")).exists();

        out.getBuffer().setLength(0);
        assertThat(run("model", "list")).isZero();
        assertThat(out.toString())
                .containsPattern("shapes-small +onnx +image-classification .* added +")
                .containsPattern("shapes-large +onnx +image-classification .* - +")
                .endsWith("next: kiln model add minilm" + System.lineSeparator());
    }

    @Test
    void aFolderOfTheCatalogueWithoutItsWeightsIsNoModelToCheck() {
        assertThat(run("model", "check", Path.of("..", "models", "magika").toString()))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("describes a model of the catalogue; its weights (model.onnx) are not")
                .contains("next: kiln model add magika && kiln model check magika");
    }

    @Test
    void aModelThatWasAddedIsCheckedByItsName() {
        assertThat(run("model", "add", "shapes-small")).isZero();
        assertThat(run("model", "check", "shapes-small")).as(err.toString()).isZero();
        assertThat(out.toString())
                .containsPattern(
                        "next: kiln serve --set models\\[0\\]\\.name=shapes-small --set models\\[0\\]\\.source=.*shapes-small");
    }

    @Test
    void theGroupsHelpEndsNoSentenceInTheMiddle() {
        assertThat(run("model", "--help")).isZero();

        assertThat(out.toString()).contains("Runs the calls that come through a candidate");
        String wrapped = out.toString().replaceAll("\\s+", " ");
        for (String command : new String[] {"shadow", "canary", "check", "list", "add"}) {
            assertThat(wrapped).containsPattern(command + " [A-Z][^.]*\\.");
        }
        assertThat(wrapped).contains("and compares.").contains("when it is worse.");
    }

    @Test
    void aModelThatIsNotInTheCatalogueIsGuessedAt() {
        assertThat(run("model", "add", "shapes-smal")).isEqualTo(2);
        assertThat(err.toString()).contains("did you mean shapes-small?");
    }
}
