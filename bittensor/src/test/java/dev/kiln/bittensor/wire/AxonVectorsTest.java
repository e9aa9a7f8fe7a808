package dev.kiln.bittensor.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.kiln.core.Header;
import dev.kiln.core.Refusal;
import dev.kiln.core.Roster;
import dev.kiln.core.Route;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What real Dendrites sent is read by our gates, and what our signer makes is what they send. The verdicts of whole
/// requests, task and HTTP included, are compared in `miner-server`.
class AxonVectorsTest {
    private static final HashFields HASHED =
            HashFields.parse("texts list[str], n int, scale float, options dict[any]");
    private static final Map<String, HashFields> SYNAPSES =
            Map.of(
                    "/TextEmbedding", HashFields.NONE,
                    "/IsAlive", HashFields.NONE,
                    "/Everything", HashFields.NONE,
                    "/Chat", HashFields.NONE,
                    "/HashedEmbedding", HASHED);

    static Stream<AxonVectors.Case> recorded() {
        return AxonVectors.all().stream();
    }

    static Stream<AxonVectors.Case> sentByDendrites() {
        return recorded().filter(AxonVectors.Case::fromDendrite);
    }

    private static Optional<Refusal> verdict(AxonVectors.Case vector) {
        var clock = new HandClock(vector.nowNanos());
        Roster roster =
                Cast.roster(
                        Cast.member(Cast.ALICE, 1000, true, Roster.Sees.FULL),
                        Cast.member(Cast.CHARLIE, 1000, false, Roster.Sees.MINIMAL));
        return Cast.verdict(
                Cast.axonGates(SYNAPSES, () -> roster, clock),
                vector.head(),
                route(vector.head().target()),
                vector.body());
    }

    private static Route route(String target) {
        return new Route(
                target,
                "task",
                1 << 20,
                Duration.ofSeconds(10),
                true,
                Route.AnswerShape.KILN_1,
                Set.of());
    }

    @ParameterizedTest
    @MethodSource("sentByDendrites")
    void whatADendriteSendsIsTakenOrRefusedAsItsAxonDid(AxonVectors.Case vector) {
        Optional<Refusal> verdict = verdict(vector);

        if (vector.status() == 200) {
            assertThat(verdict).isEmpty();
        } else {
            assertThat(vector.status()).isEqualTo(403);
            assertThat(verdict).contains(Refusal.AUTH_NO_PERMIT);
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void nothingPassesThatTheRecordedAxonDidNotVerify(AxonVectors.Case vector) {
        if (verdict(vector).isEmpty()) {
            // A broken body is refused after the gates; a replay's first copy passes them.
            assertThat(vector.status() == 200 || vector.name().matches("json-broken|replayed"))
                    .isTrue();
        }
    }

    @Test
    void bothReleasesHaveTwentyFourCasesOfWhichNineCameFromTheDendrite() {
        assertThat(recorded()).hasSize(48);
        assertThat(sentByDendrites()).hasSize(18);
    }

    @Test
    void ourRequestHasADendritesHeadersAndBodyFieldByField() throws IOException {
        AxonVectors.Case theirs =
                sentByDendrites()
                        .filter(vector -> vector.toString().equals("10.5.0 hashed"))
                        .findFirst()
                        .orElseThrow();
        JsonNode body = new JsonMapper().readTree(theirs.body());
        Map<String, Object> required = new LinkedHashMap<>();
        List.of("texts", "n", "scale").forEach(name -> required.put(name, body.get(name)));
        Map<String, Object> others = new LinkedHashMap<>();
        List.of("options", "embeddings").forEach(name -> others.put(name, body.get(name)));
        var synapse =
                new AxonRequestSigner.Synapse(
                        "HashedEmbedding", required, others, HASHED, Duration.ofSeconds(12));
        int port = body.at("/axon/port").asInt();

        AxonRequestSigner.Signed ours =
                new AxonRequestSigner(Cast.ALICE, "203.0.113.7", new HandClock(theirs.nowNanos()))
                        .sign(
                                synapse,
                                new AxonRequestSigner.Miner(Cast.BOB.hotkey(), "127.0.0.1", port));

        Set<String> random =
                Set.of(Axon.NONCE, Axon.UUID, Axon.SIGNATURE, Axon.HEADER_SIZE, Axon.TOTAL_SIZE);
        assertThat(comparable(ours.request().headers(), random))
                .isEqualTo(comparable(theirs.head().headers(), random));
        JsonNode made = new JsonMapper().readTree(ours.body());
        assertThat(names(made)).isEqualTo(names(body));
        assertThat(names(made.get("dendrite"))).isEqualTo(names(body.get("dendrite")));
        assertThat(made.get("axon")).isEqualTo(body.get("axon"));
    }

    private static List<String> comparable(List<Header> headers, Set<String> random) {
        List<String> lines = new ArrayList<>();
        Set<String> ofHttp =
                Set.of(
                        "Host",
                        "Accept",
                        "Accept-Encoding",
                        "User-Agent",
                        "Content-Length",
                        "Content-Type");
        for (Header header : headers) {
            if (!ofHttp.contains(header.name())) {
                lines.add(
                        header.name()
                                + ": "
                                + (random.contains(header.name()) ? "…" : header.value()));
            }
        }
        return lines;
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
