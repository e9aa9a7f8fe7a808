package dev.kiln.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.keys.Keyfile;
import dev.kiln.bittensor.wire.RequestSigner;
import dev.kiln.core.Time;
import dev.kiln.server.config.Home;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/// The operator's commands as processes of their own, against a server with callers.
class LiveCliIT extends Live {
    private record Ran(int code, String out, String err) {
        JsonNode json() throws Exception {
            return new JsonMapper().readTree(out);
        }
    }

    private Ran kiln(String... arguments) throws Exception {
        return kiln(home, arguments);
    }

    private static Ran kiln(Path home, String... arguments) throws Exception {
        try (var child = new Child(home, arguments)) {
            var out = new StringJoiner("\n");
            for (String line = child.line(); line != null; line = child.line()) {
                out.add(line);
            }
            return new Ran(child.exit(), out.toString(), child.errors());
        }
    }

    @Test
    void aConfigurationIsComparedAppliedAndTakenBack() throws Exception {
        assertThat(kiln("config", "diff").out()).isEqualTo("nothing differs");
        configure(Map.of("m", B, "n", "embedded:c"), "drain:\n  grace: 1s\n");

        Ran diff = kiln("config", "diff");
        Ran applied = kiln("config", "apply");
        Ran json = kiln("config", "diff", "--json");

        assertThat(diff.code()).isZero();
        assertThat(diff.out().lines())
                .containsExactly(
                        "restart  drain.grace: 0s -> 1s",
                        "swap     models[m].source: embedded:a -> embedded:b",
                        "add      models[n]: - -> embedded:c",
                        "next: kiln config apply");
        assertThat(applied.code()).as(applied.err()).isZero();
        assertThat(applied.out())
                .contains("m swapped: answers from here on (embedded:b)")
                .contains("n added: answers from here on (embedded:c)")
                .contains("these need a restart:\nrestart  drain.grace: 0s -> 1s");
        assertThat(applied.err()).contains("loading embedded:b").contains("golden samples");
        assertThat(json.json().path("changes")).hasSize(1);

        Ran back = kiln("model", "rollback", "--model", "m");
        Ran history = kiln("model", "history", "--most", "2");

        assertThat(back.code()).isZero();
        assertThat(back.out())
                .contains("m rolled-back: answers again, as before (embedded:a)")
                .contains("the configuration file decides after a restart");
        assertThat(history.out().lines()).hasSize(2);
        assertThat(kiln("model", "history", "--json").json().path("history")).hasSize(4);
        assertThat(kiln("model", "rollback").err()).contains("name the model; there are: m, n");
    }

    /// The models here give vectors of a text's length: what is as long belongs together.
    private Path pairs() throws Exception {
        return Files.writeString(
                home.resolve("pairs.tsv"),
                "1\tabc\tdef\n1\tab\tcd\n0\ta\tbcdefghijk\n0\tabcdefghijklmnop\ta\n");
    }

    @Test
    void aCandidateIsComparedTriedAndPromoted() throws Exception {
        Path pairs = pairs();
        var going = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> caller =
                    threads.submit(() -> {
                        int calls = 0;
                        while (going.get()) {
                            answeredBy();
                            calls++;
                        }
                        return calls;
                    });
            try {
                Ran shadow =
                        kiln(
                                "model",
                                "shadow",
                                "--source",
                                B,
                                "--for",
                                "3",
                                "--labelled",
                                pairs.toString());
                Ran canary = kiln("model", "canary", "50", "--source", B, "--for", "2");
                Ran status = kiln("model", "status", "--json");
                Ran promoted = kiln("model", "promote");

                assertThat(shadow.code()).as(shadow.err()).isZero();
                assertThat(shadow.out())
                        .contains("m shadow: runs the same calls, compared (embedded:b)")
                        .contains("on trial shadow: embedded:b@")
                        .contains("quality: chance that a labelled pair")
                        .contains("answering: 1.0000 ± 0.000 (n = 4)")
                        .contains("candidate less answering: 0.0000 ± 0.000 (n = 4)")
                        .containsPattern("cosine: [0-9.e-]+ ± [0-9.e-]+ \\(n = [0-9]+\\)")
                        .containsPattern(
                                "engine time for an item, candidate: .*us \\(n = [0-9]+\\)");
                assertThat(canary.code()).as(canary.err()).isZero();
                assertThat(canary.out())
                        .contains("m canary: answers 50 % of the calls (embedded:b)")
                        .containsPattern(
                                "[1-9][0-9]* calls touched, 0 answered by the other model");
                JsonNode trial = status.json().path("models").path(0).path("trial");
                assertThat(trial.path("kind").asText()).isEqualTo("canary");
                assertThat(trial.path("candidate_ms").path("n").asInt()).isPositive();
                assertThat(promoted.code()).isZero();
                assertThat(promoted.out())
                        .containsPattern(
                                "m promoted: answers all calls from here on \\(embedded:b, [0-9]+ calls touched\\)");
            } finally {
                going.set(false);
            }
            assertThat(caller.get()).isPositive();
        }
        assertThat(answeredBy()).isEqualTo('b');
        assertThat(kiln("model", "promote").err()).contains("not done: nothing is on trial");
    }

    @Test
    void whatIsRefusedEndsWithOneAndWhatCannotBeAskedWithTwo() throws Exception {
        models.of(B).failsItsSamples = true;
        configure(B, "");
        Ran refused = kiln("config", "apply");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err())
                .contains("not done: m: its golden samples fail")
                .contains("nothing was changed");
        assertThat(answeredBy()).isEqualTo('a');
        assertThat(kiln("model", "promote", "--json").json().path("cause").asText())
                .isEqualTo("refused");

        Files.writeString(file, "models: 5\n");
        Ran wrong = kiln("config", "apply");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .contains("problem, nothing was changed")
                .doesNotContain("nothing was started");
        assertThat(kiln("model", "canary", "500").code()).isEqualTo(2);

        Path elsewhere = Files.createDirectories(home.resolve("elsewhere"));
        for (String[] command :
                new String[][] {
                    {"config", "diff"},
                    {"config", "apply"},
                    {"model", "status"},
                    {"model", "shadow"}
                }) {
            Ran alone = kiln(elsewhere, command);
            assertThat(alone.code()).as(alone.err()).isEqualTo(2);
            assertThat(alone.err()).contains("no server runs that uses");
        }
    }

    @Test
    void aCandidateThatIsTakenBackEndsTheWatching() throws Exception {
        models.of(B).failsItsRuns = true;
        var going = new AtomicBoolean(true);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> caller =
                    threads.submit(() -> {
                        while (going.get()) {
                            assertThat(answeredBy()).isEqualTo('a');
                        }
                        return null;
                    });
            Ran canary = kiln("model", "canary", "100", "--source", B, "--for", "60");
            going.set(false);
            caller.get();

            assertThat(canary.code()).isEqualTo(1);
            assertThat(canary.err()).contains("taken back: 3 calls failed on it");
            assertThat(canary.out()).contains("was tried canary: embedded:b@");
        }
    }

    @Test
    void aCallerWhoseClockIsOffIsNamed() throws Exception {
        Time fast =
                new Time() {
                    @Override
                    public long tick() {
                        return Time.SYSTEM.tick();
                    }

                    @Override
                    public long epochNanos() {
                        return Time.SYSTEM.epochNanos() + Duration.ofMillis(1900).toNanos();
                    }
                };
        KeyPair validator = Keyfile.read(new Home(home).developmentValidator());
        var signer = new RequestSigner(validator, fast);
        byte[] body = "{\"input\":\"abc\"}".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 5; i++) {
            var request = signer.sign("POST", Rig.EMBEDDINGS, body, miner.who().miner().hotkey());
            var answer = RawHttp.ask(miner.port(), "POST", Rig.EMBEDDINGS, request.headers(), body);
            assertThat(answer.status()).isEqualTo(200);
        }
        String name = validator.hotkey().ss58();

        assertThat(kiln("callers").out()).containsPattern(name + " .* [0-9]+ ms ahead");
        JsonNode doctor = kiln("doctor", "--json", "--config", file.toString()).json();
        assertThat(doctor.path("findings"))
                .anySatisfy(finding -> {
                    assertThat(finding.path("what").asText()).isEqualTo("callers");
                    assertThat(finding.path("state").asText()).isEqualTo("warn");
                    assertThat(finding.path("fact").asText()).matches(name + " [0-9]+ ms ahead");
                });
    }
}
