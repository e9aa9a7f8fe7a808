package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.Simulation.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a lane says to somebody who may come, before anything is known of the call.
@Timeout(60)
class ForetellTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Caller HEAVY = new Caller.KeyHolder("heavy");
    private static final Caller OTHER = new Caller.KeyHolder("other");

    private final Simulation simulation = new Simulation(Sharing.equal(), 1);

    @BeforeEach
    void knowTheEngine() {
        simulation.teach();
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    private void backlog(int calls) {
        for (int i = 0; i < calls; i++) {
            simulation.ask(new Ask(HEAVY, 1, List.of(60), LONG));
        }
        simulation.run(2);
    }

    @Test
    void anIdleLaneTakesWhatTheSmallestCallTakes() {
        assertThat(simulation.foretell(OTHER, LONG)).isCloseTo(Simulation.truth(1, 1), within(1e6));
    }

    @Test
    void whoHasMuchWaitingIsToldAllOfItAndAnotherHardlyAny() {
        backlog(200);
        List<Long> ends = new ArrayList<>();
        simulation.told = outcome -> ends.add(outcome.endTick());

        double own = simulation.foretell(HEAVY, LONG.plusSeconds(1));
        double another = simulation.foretell(OTHER, LONG);

        simulation.run(20 * SECOND);
        // Batches are taken to be less than full until it is known that they fill.
        assertThat(own).isBetween((double) ends.getLast(), 1.4 * ends.getLast());
        assertThat(another).isLessThan(own / 5);
    }

    @Test
    void nothingIsNotedOfWhoIsOnlyForetold() {
        List<Long> alone = ends(false);
        List<Long> foretold = ends(true);

        assertThat(foretold).isEqualTo(alone);
    }

    /// What is refused and when the rest is done, whoever was looked for meanwhile.
    private static List<Long> ends(boolean looked) {
        var simulation = new Simulation(Sharing.equal(), 1);
        simulation.teach();
        List<Long> ends = new ArrayList<>();
        simulation.told =
                outcome -> ends.add(outcome.answered() ? outcome.endTick() : -outcome.endTick());
        for (int i = 0; i < 200; i++) {
            simulation.ask(new Ask(HEAVY, 1 + i, List.of(60), Duration.ofMillis(600)));
        }
        for (int i = 1; i <= 400; i++) {
            simulation.run(i);
            if (looked) {
                simulation.foretell(new Caller.KeyHolder("looked for " + i), LONG);
                simulation.foretell(HEAVY, LONG);
            }
        }
        simulation.run(20 * SECOND);
        simulation.close();
        return ends;
    }
}
