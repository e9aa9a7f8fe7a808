package dev.kiln.loadtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.traffic.StubMiner;
import dev.kiln.loadtest.traffic.StubMiner.Act;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The commands as a user types them, against a stub over real HTTP.
class CommandsIT {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir private Path folder = Path.of("");

    private Path key = Path.of("");

    @BeforeEach
    void makeKey() throws Exception {
        key = folder.resolve("validator");
        Keyfile.write(key, KeyPair.generate(Scheme.SR25519), false);
    }

    @AfterAll
    static void close() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
    }

    /// What a command printed, and its exit code.
    private record Said(int code, String out, String err) {}

    @Test
    void callSaysWhatTheReceiptProvesAndSavesAnExchangeThatVerifies() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Path saved = folder.resolve("exchange.json");
            Said call = call(miner, "one text", "another", "--save", saved.toString());
            Said verify =
                    run("verify", "answer", saved.toString(), "--miner", miner.hotkey().ss58());

            assertThat(call.out())
                    .contains(
                            "2 vectors of 8 numbers",
                            "cosine     1 and 2",
                            "verified",
                            "compute 0.05");
            assertThat(call.code()).isZero();
            assertThat(verify.out()).contains("verified: signed by " + miner.hotkey());
            assertThat(verify.code()).isZero();
        }
    }

    @Test
    void aFileIsSentAsItIsToTheRouteNamedAndItsAnswerProved() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            String body = "{\"model\":\"stub\",\"input\":[\"ä\"]}";
            Path file = Files.writeString(folder.resolve("question.json"), body);
            Said said = call(miner, "--path", "/v1/any?top_k=2", "--file", file.toString());
            Said json = call(miner, "--json", "--path", "/v1/any", "--file", file.toString());

            assertThat(miner.bodies()).containsExactly(body, body);
            assertThat(said.out()).contains("answer     200, ", "\"embedding\"", "verified");
            assertThat(said.code()).isZero();
            assertThat(json.out()).contains("\"content_type\" : \"application/json\"");
        }
    }

    @Test
    void aFileNeedsItsRouteAndStandsInPlaceOfTexts() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            String file = Files.writeString(folder.resolve("f"), "x").toString();

            assertThat(call(miner, "--file", file).err()).contains("--file needs --path");
            assertThat(call(miner, "a text", "--path", "/p", "--file", file).err())
                    .contains("give texts to embed, or a file");
            assertThat(call(miner).code()).isEqualTo(2);
            assertThat(miner.bodies()).isEmpty();
        }
    }

    @Test
    void theNextWordsAfterAFileAskForThatFileAgain() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            String file = Files.writeString(folder.resolve("f.png"), "{\"input\":[]}").toString();

            assertThat(call(miner, "--path", "/v1/any?top_k=2", "--file", file).out())
                    .contains("--path \"/v1/any?top_k=2\" --file " + file + " --save exchange.json")
                    .doesNotContain("\"a text\"");
        }
    }

    @Test
    void aStreamIsAskedOfASynapseOnly() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Said said = call(miner, "a text", "--stream");

            assertThat(said.err()).contains("--stream needs --dialect axon").hasLineCount(1);
            assertThat(said.code()).isEqualTo(2);
            assertThat(miner.bodies()).isEmpty();
        }
    }

    @Test
    void aSavedExchangeIsItsOwnersAlone() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Path saved =
                    Files.writeString(folder.resolve("ex.json"), "an older one, for all to read");
            call(miner, "one text", "--save", saved.toString());

            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(saved)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void anAlteredExchangeIsNotProvedAndSaysWhy() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Path saved = folder.resolve("exchange.json");
            call(miner, "one text", "--save", saved.toString());
            Files.writeString(
                    saved, Files.readString(saved).replace("\"status\" : 200", "\"status\" : 201"));

            Said verify = run("verify", "answer", saved.toString(), "--json");

            assertThat(verify.code()).isEqualTo(1);
            assertThat(verify.out()).contains("\"verified\" : false", "STATUS_MISMATCH");
        }
    }

    @Test
    void anotherExpectedMinerIsNotProved() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            Path saved = folder.resolve("exchange.json");
            call(miner, "one text", "--save", saved.toString());
            String stranger = KeyPair.generate(Scheme.SR25519).hotkey().ss58();

            assertThat(run("verify", "answer", saved.toString(), "--miner", stranger).code())
                    .isEqualTo(1);
        }
    }

    @Test
    void aForeignSignatureAndARefusalEndWithOne() throws Exception {
        Act[] acts = {Act.FOREIGN_SIGNED, Act.UNSIGNED, Act.REFUSE_CALLER};
        try (var miner = new StubMiner(VERTX, number -> acts[number])) {
            assertThat(call(miner, "text").out()).contains("NOT PROVED  WRONG_SIGNER");
            assertThat(call(miner, "text").out()).contains("NOT PROVED  UNSIGNED");
            Said refused = call(miner, "text");
            assertThat(refused.out()).contains("refused    401 AUTH_BAD_SIGNATURE");
            assertThat(refused.code()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotRunSaysWhyInOneLineAndEndsWithTwo() throws Exception {
        String miner = KeyPair.generate(Scheme.SR25519).hotkey().ss58();
        Said refused =
                run(
                        "call",
                        "http://127.0.0.1:1",
                        "text",
                        "--key",
                        key.toString(),
                        "--miner",
                        miner);
        Said noKey =
                run(
                        "call",
                        "http://127.0.0.1:1",
                        "text",
                        "--key",
                        folder + "/none",
                        "--miner",
                        miner);
        Said noUrl = run("call", "localhost", "text", "--key", key.toString(), "--miner", miner);
        Said noFile = run("verify", "answer", folder + "/none.json");

        assertThat(refused.err()).contains("connection refused").hasLineCount(1);
        assertThat(noKey.err()).contains("no keyfile at").hasLineCount(1);
        assertThat(noUrl.err()).contains("is no URL").hasLineCount(1);
        assertThat(noFile.err()).contains("cannot be read").hasLineCount(1);
        assertThat(List.of(refused.code(), noKey.code(), noUrl.code(), noFile.code()))
                .containsOnly(2);
    }

    @Test
    void tlsWhereThereIsNoneIsNamed() throws Exception {
        try (var miner = new StubMiner(VERTX, _ -> Act.ANSWER)) {
            String url = miner.url().toString().replace("http:", "https:");

            Said said =
                    run(
                            "call",
                            url,
                            "text",
                            "--key",
                            key.toString(),
                            "--miner",
                            miner.hotkey().ss58());

            assertThat(said.err()).contains("TLS").hasLineCount(1);
            assertThat(said.code()).isEqualTo(2);
        }
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String[] command :
                List.of(
                        new String[] {"demo"},
                        new String[] {"call"},
                        new String[] {"verify", "answer"},
                        new String[] {"bench", "served"})) {
            List<String> words = new ArrayList<>(List.of(command));
            words.add("--help");
            Said said = run(words.toArray(String[]::new));

            assertThat(said.out()).contains("Example:", "Exit codes:");
            assertThat(said.code()).isZero();
        }
    }

    @Test
    void aWrongOptionEndsWithTwo() {
        assertThat(run("demo", "--second", "x").code()).isEqualTo(2);
        assertThat(run("call", "http://127.0.0.1:1", "t", "--timeout", "10").err())
                .contains("needs a unit");
    }

    private Said call(StubMiner miner, String... words) {
        List<String> all = new ArrayList<>(List.of("call", miner.url().toString()));
        all.addAll(List.of(words));
        all.addAll(
                List.of(
                        "--key",
                        key.toString(),
                        "--miner",
                        miner.hotkey().ss58(),
                        "--model",
                        "stub"));
        return run(all.toArray(String[]::new));
    }

    private static Said run(String... words) {
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
