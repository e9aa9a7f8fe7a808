package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Simulation.Ask;
import dev.kiln.core.Simulation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How long the first call of a new caller waits in a lane that others of the same weight have filled; in virtual time.
@Timeout(300)
class NewcomerTest {
    private static final long SECOND = 1_000_000_000L;
    private static final double SERVICE_NANOS = Simulation.truth(8, 8 * 60);

    /// The written bound, where promises leave it room: the batch that runs, its own, and four around unlike lengths.
    ///
    /// @param flooding callers that ask for several times what there is, all from the same moment on
    /// @param patienceMillis until their calls are due
    @ParameterizedTest
    @CsvSource({"1, 4000", "3, 4000", "5, 1000", "10, 2000", "30, 4000"})
    void aNewCallersFirstCallWaitsForAFewBatches(int flooding, int patienceMillis) {
        for (int seed = 0; seed < 3; seed++) {
            var simulation = new Simulation(Sharing.equal(), seed);
            simulation.noise = 0.1;
            Random random = new Random(seed);
            for (int i = 0; i < flooding; i++) {
                flood(simulation, "old" + i, 1_000.0 / flooding, patienceMillis, random);
            }
            for (int i = 0; i < 12; i++) {
                long tick = SECOND / 2 + i * SECOND / 2;
                Caller caller = new Caller.KeyHolder("new" + i);
                simulation.ask(new Ask(caller, tick, List.of(40), Duration.ofSeconds(4)));
            }
            List<Outcome> newcomers = new ArrayList<>();
            int[] told = new int[1];
            int[] late = new int[1];
            simulation.told =
                    outcome -> {
                        if (outcome.ask().caller().name().contains("new")) {
                            newcomers.add(outcome);
                        }
                        told[0] += refused(outcome) ? 0 : 1;
                        late[0] += !refused(outcome) && outcome.late() ? 1 : 0;
                    };

            simulation.run(7 * SECOND);

            assertThat(newcomers).hasSize(12).allMatch(Outcome::answered);
            assertThat(newcomers).allMatch(outcome -> outcome.waited() < 6 * SERVICE_NANOS);
            assertThat(late[0] * 500).isLessThan(told[0]);
            simulation.close();
        }
    }

    private static boolean refused(Outcome outcome) {
        return outcome.refusal().filter(no -> no.name().startsWith("LIMIT_")).isPresent();
    }

    private static void flood(
            Simulation simulation, String name, double perSecond, int patience, Random random) {
        Caller caller = new Caller.KeyHolder(name);
        double at = 1;
        while (at < 7 * SECOND) {
            at += -Math.log(1 - random.nextDouble()) * SECOND / perSecond;
            List<Integer> cost = List.of(10 + random.nextInt(60));
            simulation.ask(new Ask(caller, (long) at, cost, Duration.ofMillis(patience)));
        }
    }
}
