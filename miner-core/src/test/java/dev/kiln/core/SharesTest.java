package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.Sharing.Policy;
import dev.kiln.core.Simulation.Ask;
import dev.kiln.core.Simulation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Who gets how much under which policy, and how long the smallest waits among calls of other lengths; in virtual time.
@Timeout(300)
class SharesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final double SMALLEST_SHARE = 0.1;

    private static final Caller HEAVY = Simulation.neuron(1, 600, 1);
    private static final Caller MIDDLE = Simulation.neuron(2, 300, 2);
    private static final Caller SMALL = Simulation.neuron(3, 100, 5);
    private static final Caller MODEST = Simulation.neuron(4, 60, 1);
    private static final Caller KEY = new Caller.KeyHolder("app");

    /// Half equally and half by stake, by stake, equally, and by pay; the neurons weigh 1 together, the API key 0.25.
    @ParameterizedTest
    @CsvSource({
        "FLOOR, 22.4, 15.2, 10.4, 12",
        "STAKE, 28.8, 14.4, 4.8, 12",
        "EQUAL, 16, 16, 16, 12",
        "PAY, 6, 12, 30, 12"
    })
    void underSaturationEveryMinuteIsSharedByThePolicy(
            Policy policy, double heavy, double middle, double small, double key) {
        var simulation = new Simulation(new Sharing(policy, 0.5, 0.25, new Usage()), 1);
        Random random = new Random(1);
        for (Caller caller : List.of(HEAVY, MIDDLE, SMALL, KEY)) {
            flood(simulation, caller, 170, 4 * MINUTE, random);
        }
        simulation.run(MINUTE / 6);
        Map<String, Usage.Part> before = simulation.usage.parts();
        for (int minute = 0; minute < 3; minute++) {
            simulation.run(MINUTE / 6 + (minute + 1) * MINUTE);
            Map<String, Usage.Part> now = simulation.usage.parts();
            assertThat(given(HEAVY, before, now)).isCloseTo(heavy, within(heavy * 0.03));
            assertThat(given(MIDDLE, before, now)).isCloseTo(middle, within(middle * 0.03));
            assertThat(given(SMALL, before, now)).isCloseTo(small, within(small * 0.03));
            assertThat(given(KEY, before, now)).isCloseTo(key, within(key * 0.03));
            before = now;
        }
        simulation.close();
    }

    private static double given(
            Caller caller, Map<String, Usage.Part> before, Map<String, Usage.Part> now) {
        return given(caller, now) - given(caller, before);
    }

    private static double given(Caller caller, Map<String, Usage.Part> parts) {
        return parts.getOrDefault(caller.name(), new Usage.Part(0, 0)).given();
    }

    private static void flood(
            Simulation simulation, Caller caller, double perSecond, long until, Random random) {
        for (double at = 1; at < until; at += gap(perSecond, random)) {
            List<Integer> costs = new ArrayList<>();
            int items = random.nextInt(10) == 0 ? 1 + random.nextInt(12) : 1;
            for (int i = 0; i < items; i++) {
                costs.add(10 + random.nextInt(60));
            }
            simulation.ask(new Ask(caller, (long) at, costs, Duration.ofSeconds(4)));
        }
    }

    private static double gap(double perSecond, Random random) {
        return -Math.log(1 - random.nextDouble()) * SECOND / perSecond;
    }

    /// Like lengths go together, and still the smallest, whose calls are of another length than everybody else's, waits
    /// at most for the batch that runs, for its own turn, and for [Picker#MOST_PASSING] full batches; then it runs.
    @ParameterizedTest
    @CsvSource({"150, 10, 1", "10, 150, 1", "150, 10, 2", "10, 150, 2"})
    void callsOfAnotherLengthWaitNoLongerThanWritten(int own, int others, int loops) {
        var sharing = new Sharing(Policy.STAKE, 0.5, SMALLEST_SHARE, new Usage());
        var simulation = new Simulation(sharing, 4, loops);
        Random random = new Random(4);
        double perSecond = 1.5 * loops * SECOND / work(others);
        for (Caller caller : List.of(HEAVY, MIDDLE)) {
            for (double at = 1; at < MINUTE; at += gap(perSecond, random)) {
                simulation.ask(one(caller, (long) at, others));
            }
        }
        List<Outcome> smallest = new ArrayList<>();
        simulation.told =
                outcome -> {
                    if (outcome.ask().caller().equals(SMALL)) {
                        smallest.add(outcome);
                        simulation.ask(one(SMALL, outcome.endTick() + 1, own));
                    }
                };
        simulation.ask(one(SMALL, 5 * SECOND, own));

        simulation.run(MINUTE);

        assertThat(smallest).hasSizeGreaterThan(100).allMatch(Outcome::answered);
        long longest =
                smallest.stream()
                        .filter(outcome -> outcome.ask().atTick() > 10 * SECOND)
                        .mapToLong(Outcome::waited)
                        .max()
                        .orElseThrow();
        double turn = work(own) / SMALLEST_SHARE / loops;
        double batches = (longest - turn - full(own)) / full(others);
        assertThat(batches).isLessThan(1 + Picker.MOST_PASSING);
        simulation.close();
    }

    /// Who asks one text at a time, of mixed lengths as everybody's, and so uses all of his share, pays for a long one over a
    /// few calls: 25 to 28 mean service times at p99 if it were all due before the next.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void theSmallestWaitsForFewOfItsServiceTimes(int seed) {
        var sharing = new Sharing(Policy.STAKE, 0.5, SMALLEST_SHARE, new Usage());
        var simulation = new Simulation(sharing, seed);
        Random random = new Random(seed);
        for (Caller caller : List.of(HEAVY, MIDDLE)) {
            for (double at = 1; at < MINUTE; at += gap(300, random)) {
                simulation.ask(one(caller, (long) at, mixed(random)));
            }
        }
        List<Outcome> smallest = new ArrayList<>();
        simulation.told =
                outcome -> {
                    if (outcome.ask().caller().equals(MODEST)) {
                        smallest.add(outcome);
                        simulation.ask(one(MODEST, outcome.endTick() + 1, mixed(random)));
                    }
                };
        simulation.ask(one(MODEST, 5 * SECOND, mixed(random)));
        simulation.run(MINUTE);

        // What was promised to the others before it came holds.
        smallest.removeIf(outcome -> outcome.ask().atTick() < 10 * SECOND);
        double alone =
                smallest.stream()
                        .mapToDouble(each -> Simulation.truth(1, each.ask().costs().getFirst()))
                        .average()
                        .orElseThrow();
        double[] waited = smallest.stream().mapToDouble(Outcome::waited).sorted().toArray();
        assertThat(waited).hasSizeGreaterThan(950);
        assertThat(waited[waited.length * 99 / 100] / alone).isLessThan(20);
        simulation.close();
    }

    private static int mixed(Random random) {
        int kind = random.nextInt(10);
        return kind < 6 ? 15 : kind < 9 ? 60 : 128;
    }

    private static Ask one(Caller caller, long tick, int cost) {
        return new Ask(caller, tick, List.of(cost), Duration.ofSeconds(4));
    }

    /// Nanoseconds of a full batch of one cost.
    private static double full(int cost) {
        int items = Simulation.POLICY.fill(cost);
        return Simulation.truth(items, (long) items * cost);
    }

    /// Nanoseconds of one item of it.
    private static double work(int cost) {
        return full(cost) / Simulation.POLICY.fill(cost);
    }
}
