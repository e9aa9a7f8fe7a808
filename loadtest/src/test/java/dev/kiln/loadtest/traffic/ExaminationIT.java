package dev.kiln.loadtest.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.bittensor.keys.KeyPair;
import dev.kiln.core.Scheme;
import dev.kiln.loadtest.quality.Pair;
import dev.kiln.loadtest.quality.Pairs;
import dev.kiln.loadtest.traffic.StubMiner.Act;
import dev.kiln.loadtest.traffic.StubMiner.Behaviour;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/// The harness against a server whose faults are planted: whatever is planted must be found.
class ExaminationIT {
    private static final List<Pair> PAIRS = Pairs.load();
    private static final Examination.Rules RULES =
            new Examination.Rules(Duration.ofSeconds(2), Duration.ofMillis(500));

    private static final Vertx VERTX = Vertx.vertx();

    /// A stub that stalls must not stall the generator's event loop.
    private static final Vertx SERVER = Vertx.vertx();

    @AfterAll
    static void close() throws Exception {
        SERVER.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        VERTX.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void anHonestServerHasEveryAnswerProvedAndCounted() throws Exception {
        Examination.Result result = examine(_ -> Act.ANSWER, 300, 1);
        Ledger.Counts counts = result.counts();

        assertThat(counts.answered()).isEqualTo(result.sent()).isGreaterThan(200);
        assertThat(counts.failed() + counts.lost() + counts.refused()).isZero();
        assertThat(counts.shares()).allSatisfy(share -> assertThat(share.answered()).isPositive());
        assertThat(counts.batches().receipts()).isEqualTo(result.sent());
        assertThat(counts.batches().last().sha256()).isEqualTo(StubMiner.SHA256);
        assertThat(counts.batches().meanStageMicros()).containsEntry("compute", 50.0);
    }

    @Test
    void aPlantedStallShowsInTheCorrectedTailAndHidesFromTheUncorrectedMedian() throws Exception {
        Examination.Result result =
                examine(number -> number == 100 ? Act.STALL : Act.ANSWER, 100, 3);

        assertThat(result.corrected().maxMillis()).isGreaterThanOrEqualTo(StubMiner.STALL_MILLIS);
        assertThat(result.corrected().millisAt(90)).isGreaterThan(StubMiner.STALL_MILLIS / 4.0);
        assertThat(result.corrected().millisAt(50)).isLessThan(StubMiner.STALL_MILLIS / 4.0);
        assertThat(result.counts().late()).isPositive();
    }

    @Test
    void wrongVectorsFailThoughTheyAreSigned() throws Exception {
        Ledger.Counts counts = examine(_ -> Act.WRONG_VECTORS, 300, 2).counts();

        assertThat(counts.reasons().wrong()).containsKey("another vector for the same text");
        assertThat(counts.reasons().unproved()).isEmpty();
    }

    @Test
    void wrongShapesFail() throws Exception {
        Ledger.Counts counts =
                examine(number -> number % 2 == 0 ? Act.SHORT_VECTORS : Act.NOT_UNIT, 100, 1)
                        .counts();

        assertThat(counts.answered()).isZero();
        assertThat(counts.reasons().wrong())
                .containsOnlyKeys(
                        "another dimension than 8", "a vector that is not of unit length");
    }

    @Test
    void unsignedForeignAndAlteredAnswersAreUnproved() throws Exception {
        Act[] acts = {Act.UNSIGNED, Act.FOREIGN_SIGNED, Act.ALTERED, Act.ANSWER};
        Ledger.Counts counts = examine(number -> acts[number % 4], 100, 1).counts();

        assertThat(counts.reasons().unproved())
                .containsOnlyKeys("no signature", "WRONG_SIGNER", "BODY_MISMATCH");
        assertThat(counts.answered()).isPositive();
    }

    @Test
    void droppedAndUnansweredRequestsAreLost() throws Exception {
        Examination.Result result =
                examine(
                        number -> number == 20 ? Act.DROP : number == 40 ? Act.NEVER : Act.ANSWER,
                        100,
                        1);

        assertThat(result.counts().reasons().lost()).containsKeys("connection closed", "timeout");
        assertThat(result.counts().answered() + result.counts().lost()).isEqualTo(result.sent());
    }

    @Test
    void refusalsAreCountedByReasonAndNotAsLost() throws Exception {
        Examination.Result result =
                examine(
                        number ->
                                switch (number % 3) {
                                    case 0 -> Act.REFUSE_BUSY;
                                    case 1 -> Act.REFUSE_CALLER;
                                    default -> Act.ANSWER;
                                },
                        100,
                        1);
        Ledger.Counts counts = result.counts();

        assertThat(counts.reasons().refused())
                .containsOnlyKeys("LIMIT_QUEUE_FULL", "AUTH_BAD_SIGNATURE");
        assertThat(counts.refused() + counts.answered()).isEqualTo(result.sent());
        assertThat(counts.lost()).isZero();
    }

    @Test
    void theSameSeedSendsTheSameBodies() throws Exception {
        assertThat(bodies()).isNotEmpty().isEqualTo(bodies());
    }

    private List<String> bodies() throws Exception {
        try (var miner = new StubMiner(SERVER, _ -> Act.ANSWER)) {
            examine(miner, new Timetable.Plan(9, 100, 1, 3, "stub"));
            return miner.bodies().stream().sorted().toList();
        }
    }

    private Examination.Result examine(Behaviour behaviour, double rate, double seconds)
            throws Exception {
        try (var miner = new StubMiner(SERVER, behaviour)) {
            return examine(miner, new Timetable.Plan(9, rate, seconds, 3, "stub"));
        }
    }

    private Examination.Result examine(StubMiner miner, Timetable.Plan plan) throws Exception {
        List<Validator> validators =
                List.of(
                        validator("a", Scheme.SR25519, miner),
                        validator("b", Scheme.SR25519, miner),
                        validator("c", Scheme.ED25519, miner));
        try {
            return new Examination(validators, new Judge("stub", 8), RULES)
                    .run(new Timetable(plan, PAIRS), _ -> {});
        } finally {
            validators.forEach(Validator::close);
        }
    }

    private Validator validator(String label, Scheme scheme, StubMiner miner) {
        var credentials =
                new HotkeyCredentials(KeyPair.generate(scheme), miner.hotkey(), Scheme.SR25519);
        return new Validator(
                label, credentials, new Transport(VERTX, miner.url(), 64, RULES.patience()));
    }
}
