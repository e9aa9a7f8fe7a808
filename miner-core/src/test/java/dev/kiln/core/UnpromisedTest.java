package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.Sharing.Policy;
import dev.kiln.core.Simulation.Ask;
import dev.kiln.core.Simulation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Calls that are due before any engine could answer them and are answered late: nothing is promised them, and still they
/// are shared and bounded. In virtual time.
@Timeout(120)
class UnpromisedTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Caller HEAVY = Simulation.neuron(1, 600, 1);
    private static final Caller MIDDLE = Simulation.neuron(2, 300, 1);
    private static final Caller SMALL = Simulation.neuron(3, 100, 1);

    private Simulation simulation =
            new Simulation(new Sharing(Policy.STAKE, 0.5, 0.1, new Usage()), 1);

    @AfterEach
    void close() {
        simulation.close();
    }

    private void answerLate() {
        simulation.teach();
        simulation.whenLate = Terms.WhenLate.ANSWER;
        simulation.due = Optional.of(Duration.ofMillis(1));
    }

    private void ask(Caller caller, double atSecond, Duration patience) {
        simulation.ask(new Ask(caller, 1 + (long) (atSecond * SECOND), List.of(40), patience));
    }

    /// Nanoseconds of one item in a full batch.
    private static double itemNanos() {
        return Simulation.truth(8, 8 * 40) / 8;
    }

    /// What expires meanwhile, most of the one's, moves this by a hundredth.
    @Test
    void theyShareTheEngineByStakeThoughOneAsksFarMore() {
        answerLate();
        for (int second = 0; second < 70; second++) {
            for (int i = 0; i < 900; i++) {
                ask(HEAVY, second + i / 900.0, Duration.ofSeconds(4));
            }
            for (Caller caller : List.of(MIDDLE, SMALL)) {
                for (int i = 0; i < 150; i++) {
                    ask(caller, second + i / 150.0, Duration.ofSeconds(4));
                }
            }
        }
        simulation.run(10 * SECOND);
        Map<String, Usage.Part> before = simulation.usage.parts();
        simulation.run(70 * SECOND);
        Map<String, Usage.Part> after = simulation.usage.parts();

        double all = given(HEAVY, before, after) + given(MIDDLE, before, after);
        all += given(SMALL, before, after);
        assertThat(all).isGreaterThan(55);
        assertThat(given(HEAVY, before, after) / all).isCloseTo(0.6, within(0.03));
        assertThat(given(MIDDLE, before, after) / all).isCloseTo(0.3, within(0.03));
        assertThat(given(SMALL, before, after) / all).isCloseTo(0.1, within(0.02));
    }

    private static double given(
            Caller caller, Map<String, Usage.Part> before, Map<String, Usage.Part> after) {
        Usage.Part nothing = new Usage.Part(0, 0);
        return after.getOrDefault(caller.name(), nothing).given()
                - before.getOrDefault(caller.name(), nothing).given();
    }

    /// A minute of work may wait, and half a minute of one caller's.
    @Test
    void theirWorkIsBoundedOfOneCallerAndOfAll() {
        simulation.close();
        simulation = new Simulation(Sharing.equal(), 1);
        answerLate();
        Map<Caller, Integer> taken = new HashMap<>();
        List<Refused> refused = new ArrayList<>();
        simulation.refused = (_, no) -> refused.add(no);
        simulation.told = outcome -> taken.merge(outcome.ask().caller(), -1, Integer::sum);
        for (Caller caller : List.of(HEAVY, MIDDLE, SMALL)) {
            for (int i = 0; i < 15_000; i++) {
                taken.merge(caller, 1, Integer::sum);
                ask(caller, i * 1e-9, Duration.ofMinutes(10));
            }
            simulation.run(simulation.time.tick() + 20_000);
        }

        double halfAMinute = 30 * SECOND / itemNanos();
        for (Caller caller : List.of(HEAVY, MIDDLE)) {
            assertThat((double) taken.getOrDefault(caller, 0))
                    .isBetween(0.7 * halfAMinute, 1.02 * halfAMinute);
        }
        assertThat((double) taken.getOrDefault(SMALL, 0)).isLessThan(0.1 * halfAMinute);
        assertThat(refused)
                .isNotEmpty()
                .allMatch(no -> no.reason() == Refusal.LIMIT_QUEUE_FULL)
                .allMatch(no -> no.retryAfter().isPresent());
    }

    @Test
    void oneCallersOwnAreAnsweredByWhenTheyAreDue() {
        answerLate();
        List<Outcome> outcomes = new ArrayList<>();
        simulation.told = outcomes::add;
        for (int i = 0; i < 100; i++) {
            ask(HEAVY, 0, Duration.ofSeconds(60));
        }
        simulation.run(1_000);
        simulation.due = Optional.of(Duration.ofNanos(500_000));
        ask(HEAVY, 1e-6, Duration.ofSeconds(61));
        simulation.run(SECOND);

        int hasty = 0;
        while (outcomes.get(hasty).ask().patience().toSeconds() == 60) {
            hasty++;
        }
        assertThat(hasty).isLessThan(20);
        assertThat(outcomes).hasSize(101).allMatch(Outcome::answered);
    }
}
