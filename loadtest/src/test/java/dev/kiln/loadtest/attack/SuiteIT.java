package dev.kiln.loadtest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The suite must be able to fail: servers that let everything through, that say no to everything, that are not there.
@Timeout(300)
class SuiteIT {
    private static final String NO =
            "{\"error\":{\"message\":\"no\",\"type\":\"t\",\"code\":\"AUTH_MALFORMED\"}}";

    private final KeyPair key = KeyPair.generate(Scheme.SR25519);

    private Suite against(Target target, URI url) {
        return new Suite(
                target,
                Scene.at(
                        url, Cast.sr25519().hotkey(), key, target.spoken(), Duration.ofSeconds(5)));
    }

    private static List<Case> hostile(String glob) {
        return Suite.matching(glob).stream()
                .filter(row -> row.stage() == Case.Stage.ANY)
                .filter(row -> !(row.expected() instanceof Expected.Answer))
                .toList();
    }

    @Test
    void aServerThatLetsEverythingThroughFailsEveryAttack() throws Exception {
        try (var yes = new StubServer(200, "{}")) {
            List<Case> attacks = hostile("{sig,clock,replay,receiver,roster,body,route}-*");

            List<Tried> tried = against(Target.KILN, yes.url()).run(attacks, _ -> {});

            assertThat(tried).hasSizeGreaterThan(100).noneMatch(Tried::good);
            assertThat(tried).allMatch(each -> each.outcome().effect() == Outcome.Effect.ACCEPTED);
        }
    }

    @Test
    void aRefusalForAWrongReasonIsNoRefusalOfOurs() throws Exception {
        try (var no = new StubServer(401, NO)) {
            List<Tried> ours = against(Target.KILN, no.url()).run(hostile("clock-*"), _ -> {});
            List<Tried> any = against(Target.FASTAPI_11, no.url()).run(hostile("clock-*"), _ -> {});

            assertThat(ours).anyMatch(Tried::good).anyMatch(each -> !each.good());
            assertThat(ours.stream().filter(Tried::good))
                    .allMatch(each -> each.attack().expected().words().contains("AUTH_MALFORMED"));
            assertThat(any).allMatch(Tried::good);
        }
    }

    @Test
    void aServerThatRefusesEverythingFailsTheControls() throws Exception {
        try (var no = new StubServer(401, NO)) {
            List<Tried> tried =
                    against(Target.KILN, no.url()).run(Suite.matching("honest*"), _ -> {});

            assertThat(tried).isNotEmpty().noneMatch(Tried::good);
        }
    }

    @Test
    void aServerThatIsNotThereFails() throws Exception {
        List<Tried> tried =
                against(Target.KILN, URI.create("http://127.0.0.1:1"))
                        .run(Suite.matching("sig-empty"), _ -> {});

        assertThat(tried).hasSize(1).noneMatch(Tried::good);
        assertThat(tried.getFirst().outcome().effect()).isEqualTo(Outcome.Effect.CRASHED);
    }

    @Test
    void ourClientNoticesEveryLieAndBelievesTheTruth() throws Exception {
        List<Tried> tried =
                against(Target.KILN, URI.create("http://127.0.0.1:1"))
                        .run(Suite.matching("answer-*"), _ -> {});

        assertThat(tried).hasSizeGreaterThan(20);
        for (Tried each : tried) {
            assertThat(each.outcome().words())
                    .as(each.attack().name())
                    .isEqualTo(
                            each.attack().expected() instanceof Expected.Answer
                                    ? "believed"
                                    : each.attack().expected().words());
            assertThat(each.good()).as(each.attack().name()).isTrue();
        }
    }

    @Test
    void aFloodThatIsServedFails() throws Exception {
        try (var yes = new StubServer(200, "{}")) {
            var scene =
                    Scene.at(
                            yes.url(),
                            Cast.sr25519().hotkey(),
                            key,
                            Spoken.BTAUTH,
                            Duration.ofSeconds(5));
            var plan = new Flood.Plan(Duration.ofSeconds(1), Duration.ofSeconds(1), 20, 2, "stub");

            Flood.Result proved = new Flood(Target.KILN, scene, plan).run(_ -> {});
            Flood.Result any = new Flood(Target.FASTAPI_11, scene, plan).run(_ -> {});

            assertThat(proved.stretches()).hasSize(3).noneMatch(Flood.Stretch::good);
            assertThat(any.stretches()).allMatch(Flood.Stretch::good);
            assertThat(any.strangers().accepted()).isEqualTo(any.strangers().sent()).isPositive();
            assertThat(any.good()).isFalse();
        }
    }
}
