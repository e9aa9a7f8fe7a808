package dev.kiln.loadtest.traffic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.bittensor.wire.AnswerCheck;
import dev.kiln.bittensor.wire.ApiKeys;
import dev.kiln.bittensor.wire.Gates;
import dev.kiln.bittensor.wire.HashFields;
import dev.kiln.bittensor.wire.ReplayGuard;
import dev.kiln.core.Asserted;
import dev.kiln.core.Call;
import dev.kiln.core.Header;
import dev.kiln.core.RequestHead;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import dev.kiln.core.Scheme;
import dev.kiln.core.Stages;
import dev.kiln.core.Time;
import dev.kiln.core.model.ModelInfo;
import dev.kiln.core.model.Purpose;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What our validators say in each dialect, judged by the miner's own gates.
class SpeakerTest {
    private static final Duration WINDOW = Duration.ofSeconds(10);

    private final KeyPair miner = KeyPair.generate(Scheme.SR25519);
    private final KeyPair caller = KeyPair.generate(Scheme.SR25519);
    private final Roster.Member member =
            new Roster.Member(caller.hotkey(), Scheme.SR25519, 1, true, Roster.Sees.MINIMAL);
    private final Question question = Question.of(List.of("a cat", "ein Döner"), "minilm");

    private Speaker speaker(String dialect, String url) {
        return switch (dialect) {
            case "axon" ->
                    Speaker.axon(
                            caller, miner.hotkey(), URI.create(url), Duration.ofMillis(12_500));
            case "epistula" -> Speaker.epistula(caller, miner.hotkey());
            default -> Speaker.btauth(caller, miner.hotkey());
        };
    }

    private Call pass(Credentials.Signed asked) throws Exception {
        var roster = new Roster(Map.of(caller.hotkey(), member), Instant.EPOCH);
        var gates =
                new Gates(
                        Gates.Settings.DEFAULTS,
                        new Gates.Parts(
                                miner,
                                () -> roster,
                                ApiKeys.NONE,
                                ReplayGuard.inMemory(
                                        true,
                                        ReplayGuard.Limits.of(WINDOW, Duration.ofSeconds(2)),
                                        Time.SYSTEM),
                                Map.of("/TextEmbedding", HashFields.NONE)),
                        Time.SYSTEM);
        var route =
                new Route(asked.target(), "task", 1 << 20, WINDOW, true, Route.AnswerShape.KILN_1);
        var head =
                new RequestHead(
                        "POST",
                        asked.target(),
                        asked.headers(),
                        "192.0.2.1",
                        Time.SYSTEM.epochNanos(),
                        Time.SYSTEM.tick());
        return gates.verify(gates.screen(head, route), asked.body());
    }

    private Credentials.Signed ask(String dialect, String url) {
        return new HotkeyCredentials(
                        speaker(dialect, url),
                        caller.hotkey(),
                        new AnswerCheck(miner.hotkey(), Scheme.SR25519))
                .sign(Validator.TARGET, question);
    }

    @ParameterizedTest
    @ValueSource(strings = {"btauth", "axon", "epistula"})
    void aQuestionInEachDialectIsTakenAndItsAnswerProved(String dialect) throws Exception {
        Credentials.Signed asked = ask(dialect, "http://127.0.0.1:8091");
        byte[] body = "{}".getBytes(UTF_8);
        var model =
                new ModelInfo(
                        "minilm",
                        "00".repeat(32),
                        "e",
                        new Purpose.TextEmbedding(2),
                        new ModelInfo.Device("c", "c", "c"));
        var asserted = new Asserted("application/json", Optional.of(model), 2, Stages.NONE);

        List<Header> headers = new ArrayList<>(pass(asked).seal().seal(200, body, asserted));
        headers.add(new Header("Content-Type", "application/json"));
        Provenance provenance =
                asked.demand().check(new Received(200, headers, body, Time.SYSTEM.epochNanos()));

        assertThat(provenance)
                .isInstanceOfSatisfying(
                        Provenance.Proved.class,
                        proved -> assertThat(proved.facts().model()).isEqualTo("minilm"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:8091", "http://[::1]:8091", "http://miner.example"})
    void aMinerThatIsNamedOtherwiseIsAskedAsWell(String url) throws Exception {
        assertThat(pass(ask("axon", url)).caller().name()).isEqualTo(caller.hotkey().ss58());
    }

    @Test
    void theOldDialectsKnowNoOtherScheme() {
        KeyPair key = KeyPair.generate(Scheme.ED25519);

        assertThatThrownBy(() -> Speaker.epistula(key, miner.hotkey()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> Speaker.axon(key, miner.hotkey(), URI.create("http://h:1"), WINDOW))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSynapsesVectorsAndRefusalsAreRead() throws IOException {
        var answer =
                EmbeddingJson.read("{\"texts\":[\"a\"],\"embeddings\":[[0.5,1]]}".getBytes(UTF_8));

        assertThat(answer.vectors()).hasSize(1);
        assertThat(answer.vectors().getFirst()).containsExactly(0.5f, 1f);
        assertThat(answer.model()).isEqualTo(EmbeddingJson.UNNAMED);
        assertThat(EmbeddingJson.refusal("{\"message\":\"TIME_REPLAY: used\"}".getBytes(UTF_8)))
                .contains(new EmbeddingJson.Said("TIME_REPLAY", "used"));
    }
}
