package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Simulation.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How long batches are while one caller asks for little and others have long backlogs; in virtual time, with batches that
/// would take sixteen times what a short call takes alone.
@Timeout(300)
class BrevityTest {
    private static final long SECOND = 1_000_000_000L;
    private static final BatchPolicy LARGE = new BatchPolicy(32, 1_024, 0.1, Duration.ZERO);
    private static final int BACKLOG = 128;

    private static final Caller HEAVY = Simulation.neuron(1, 600, 600);
    private static final Caller MIDDLE = Simulation.neuron(2, 300, 300);
    private static final Caller SMALL = Simulation.neuron(3, 100, 100);

    /// Of a sentence, of four or of ten.
    private static Ask mixed(Caller caller, long tick, Random random) {
        int kind = random.nextInt(10);
        int cost = kind < 6 ? 15 : kind < 9 ? 60 : 128;
        return new Ask(caller, tick, List.of(cost), Duration.ofSeconds(30));
    }

    /// What a run came to from its tenth second on.
    ///
    /// @param waits of the smallest, in nanoseconds, ascending
    private record Came(List<Long> waits, double itemsPerBatch, double items) {}

    /// Half a minute in which each caller has as many calls in the lane at all times.
    private static Came run(Map<Caller, Integer> inFlight) {
        var simulation =
                new Simulation(
                        new Sharing(Sharing.Policy.STAKE, 0.5, 0.1, new Usage()), 11, 1, LARGE);
        simulation.teach();
        Random random = new Random(11);
        List<Long> waits = new ArrayList<>();
        simulation.told =
                outcome -> {
                    assertThat(outcome.answered()).isTrue();
                    if (outcome.ask().caller().equals(SMALL)
                            && outcome.ask().atTick() > 10 * SECOND) {
                        waits.add(outcome.waited());
                    }
                    simulation.ask(mixed(outcome.ask().caller(), outcome.endTick() + 1, random));
                };
        inFlight.forEach((caller, calls) -> {
            for (int i = 0; i < calls; i++) {
                simulation.ask(mixed(caller, 1 + i, random));
            }
        });
        simulation.run(12 * SECOND);
        int items = simulation.items;
        int batches = simulation.batches;
        simulation.run(42 * SECOND);
        simulation.close();
        int ran = simulation.items - items;
        waits.sort(Long::compare);
        return new Came(waits, ran / (double) (simulation.batches - batches), ran);
    }

    private static double alone() {
        return 0.6 * Simulation.truth(1, 15)
                + 0.3 * Simulation.truth(1, 60)
                + 0.1 * Simulation.truth(1, 128);
    }

    @Test
    void whoAsksOneAtATimeBesideBacklogsWaitsForTwentyOfItsCallsAtMost() {
        Came came = run(Map.of(HEAVY, BACKLOG, MIDDLE, BACKLOG, SMALL, 1));

        assertThat(came.waits()).hasSizeGreaterThan(300);
        long p99 = came.waits().get(came.waits().size() * 99 / 100);
        assertThat((double) p99).isLessThan(20 * alone());
    }

    @Test
    void thatCostsTheOthersLittle() {
        Came beside = run(Map.of(HEAVY, BACKLOG, MIDDLE, BACKLOG, SMALL, 1));
        Came among = run(Map.of(HEAVY, BACKLOG, MIDDLE, BACKLOG));

        assertThat(beside.items()).isGreaterThan(0.8 * among.items());
    }

    @Test
    void whereEverybodyHasABacklogBatchesAreFull() {
        Came came = run(Map.of(HEAVY, BACKLOG, MIDDLE, BACKLOG, SMALL, BACKLOG));

        assertThat(came.itemsPerBatch()).isGreaterThan(14);
    }

    @Test
    void manyWhoAskOneAtATimeAreBatchedToo() {
        Came came = run(Map.of(HEAVY, 20, MIDDLE, 10, SMALL, 1));
        Came alike = run(Map.of(HEAVY, 31));

        assertThat(came.itemsPerBatch()).isGreaterThan(0.8 * alike.itemsPerBatch());
    }

    @Test
    void itIsForgottenAgain() {
        var brevity = new Brevity();
        assertThat(brevity.longest(1)).isInfinite();

        brevity.came(5e6, SECOND);

        assertThat(brevity.longest(2 * SECOND)).isEqualTo(Brevity.TIMES * 5e6);
        assertThat(brevity.longest(2 * SECOND + Brevity.REMEMBERED_NANOS)).isInfinite();
    }

    @Test
    void nothingIsCutWhereNothingIsKnownOfTheEngine() {
        var brevity = new Brevity();

        brevity.came(0, SECOND);

        assertThat(brevity.longest(SECOND)).isInfinite();
    }
}
