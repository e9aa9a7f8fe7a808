package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.kiln.core.DeviceSimulation.Ask;
import dev.kiln.core.DeviceSimulation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Several models on one device: who gets how much of it; in virtual time.
@Timeout(300)
class DeviceTimeTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration SHORT = Duration.ofMillis(4);

    private static final Caller HEAVY = Simulation.neuron(1, 600, 1);
    private static final Caller MIDDLE = Simulation.neuron(2, 300, 1);
    private static final Caller SMALL = Simulation.neuron(3, 100, 1);

    private DeviceSimulation simulation = new DeviceSimulation(Sharing.Policy.STAKE, 1);

    @AfterEach
    void close() {
        simulation.close();
    }

    private void on(int sideBySide) {
        simulation.close();
        simulation = new DeviceSimulation(Sharing.Policy.STAKE, sideBySide);
    }

    /// Keeps so many calls of a caller at a lane; who is refused asks again a little later.
    private void keep(int lane, Caller caller, int calls) {
        for (int i = 0; i < calls; i++) {
            simulation.ask(new Ask(lane, caller, 1 + i, PATIENCE));
        }
    }

    private void again(Outcome outcome) {
        Ask was = outcome.ask();
        long after = outcome.endTick() + (outcome.answered() ? 1 : SECOND / 20);
        simulation.ask(new Ask(was.lane(), was.caller(), after, was.patience()));
    }

    /// Parts of what the device computed in a minute, after ten seconds.
    private Map<Caller, Double> shares() {
        simulation.run(10 * SECOND);
        Map<Caller, Double> before = new HashMap<>(simulation.given);
        simulation.run(70 * SECOND);
        Map<Caller, Double> shares = new HashMap<>();
        double all = 0;
        for (Caller caller : simulation.given.keySet()) {
            double nanos = simulation.given(caller) - before.getOrDefault(caller, 0.0);
            shares.put(caller, nanos);
            all += nanos;
        }
        double sum = all;
        shares.replaceAll((_, nanos) -> nanos / sum);
        return shares;
    }

    private static void assertSharedByStake(Map<Caller, Double> shares) {
        assertThat(shares.get(HEAVY)).isCloseTo(0.6, within(0.06));
        assertThat(shares.get(MIDDLE)).isCloseTo(0.3, within(0.03));
        assertThat(shares.get(SMALL)).isCloseTo(0.1, within(0.01));
    }

    /// Runs of 4 ms, and of 4, 40 or 1 ms at the other.
    @ParameterizedTest
    @CsvSource({"1, 1, 4", "1, 1, 40", "1, 1, 1", "2, 2, 4", "2, 2, 40", "4, 2, 4", "2, 1, 4"})
    void callersOfTwoModelsShareTheDeviceByStake(int loops, int sideBySide, int otherMillis) {
        on(sideBySide);
        simulation.told = this::again;
        int one = simulation.lane(loops, SHORT);
        int other = simulation.lane(loops, Duration.ofMillis(otherMillis));
        keep(one, HEAVY, 32);
        keep(other, MIDDLE, 32);
        keep(other, SMALL, 32);

        assertSharedByStake(shares());
    }

    @Test
    void aSmallShareAtOneModelIsASmallShareOfTheDevice() {
        simulation.told = this::again;
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, SMALL, 64);
        keep(other, HEAVY, 64);
        keep(other, MIDDLE, 64);

        assertSharedByStake(shares());
        Usage.Part small = simulation.usage.part(SMALL.name());
        assertThat(small.entitled() / small.given()).isCloseTo(1, within(0.1));
    }

    /// Who asks one call at a time leaves most of its share, to all and not only to those who ask the same model.
    @Test
    void whatOneLeavesIsNotItsNeighboursAlone() {
        simulation.told = this::again;
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, SMALL, 64);
        keep(other, MIDDLE, 64);
        keep(other, HEAVY, 1);

        Map<Caller, Double> shares = shares();

        double rest = 1 - shares.getOrDefault(HEAVY, 0.0);
        assertThat(rest).isGreaterThan(0.8);
        assertThat(shares.get(SMALL)).isCloseTo(rest / 4, within(rest / 40));
    }

    /// And none of the two starves.
    @Test
    void whoAsksTwoModelsHasNoMoreForIt() {
        int[] answers = new int[2];
        simulation.told =
                outcome -> {
                    boolean his = outcome.answered() && outcome.ask().caller().equals(HEAVY);
                    answers[outcome.ask().lane()] += his ? 1 : 0;
                    again(outcome);
                };
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, HEAVY, 32);
        keep(other, HEAVY, 32);
        keep(other, MIDDLE, 32);

        Map<Caller, Double> shares = shares();

        assertThat(shares.get(HEAVY)).isCloseTo(0.667, within(0.067));
        assertThat(shares.get(MIDDLE)).isCloseTo(0.333, within(0.033));
        assertThat(answers[one]).isGreaterThan(answers[other] / 4);
    }

    /// One asks now and then, the rest of its share is lent out, and the device is never idle.
    @Test
    void whatOneLaneLeavesTheOtherHas() {
        simulation.told =
                outcome -> {
                    if (outcome.ask().caller().equals(SMALL)) {
                        again(outcome);
                    }
                };
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, SMALL, 64);
        for (long at = SECOND / 10; at < 70 * SECOND; at += SECOND / 10) {
            simulation.ask(new Ask(other, HEAVY, at, PATIENCE));
        }

        Map<Caller, Double> shares = shares();

        assertThat(shares.get(HEAVY)).isCloseTo(0.04, within(0.01));
        assertThat(simulation.computed).isGreaterThan(0.99 * (70 * SECOND - 1));
    }

    /// Who was away for a minute shares from then on, and takes back no more than was its part of the last second.
    @Test
    void whoWasAwayGetsNothingForIt() {
        simulation.told = this::again;
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, SMALL, 32);
        keep(other, MIDDLE, 32);
        simulation.run(MINUTE);
        double before = simulation.given(SMALL);
        for (int i = 0; i < 32; i++) {
            simulation.ask(new Ask(other, HEAVY, MINUTE + i, PATIENCE));
        }
        simulation.run(MINUTE + 10 * SECOND);

        assertThat(simulation.given(SMALL) - before).isCloseTo(SECOND, within(SECOND * 0.15));
    }

    /// A short run of who has his share left waits for no long one: it computes beside it, at half speed.
    @Test
    void aShortRunWaitsForNoLongOne() {
        List<Long> waits = new ArrayList<>();
        simulation.told =
                outcome -> {
                    if (outcome.ask().caller().equals(HEAVY)) {
                        waits.add(outcome.waited());
                    } else {
                        again(outcome);
                    }
                };
        int one = simulation.lane(1, Duration.ofMillis(400));
        int other = simulation.lane(1, SHORT);
        keep(one, SMALL, 2);
        for (long at = SECOND / 3; at < MINUTE; at += SECOND / 3) {
            simulation.ask(new Ask(other, HEAVY, at, PATIENCE));
        }

        simulation.run(MINUTE);

        assertThat(waits)
                .hasSizeGreaterThan(170)
                .allMatch(wait -> wait <= 2 * SHORT.toNanos() + 1_000);
    }

    /// One long run at a time on one of two cores, of somebody who has had least, leaves the other core to the rest.
    @Test
    void aCoreThatNobodyElseWantsIsNotIdle() {
        on(2);
        simulation.told = this::again;
        int one = simulation.lane(1, Duration.ofMillis(400));
        int other = simulation.lane(2, SHORT);
        keep(one, HEAVY, 1);
        keep(other, SMALL, 64);

        simulation.run(MINUTE);

        assertThat(simulation.computed).isGreaterThan(0.99 * 2 * (MINUTE - 1));
        assertThat(simulation.given(SMALL)).isGreaterThan(0.95 * MINUTE);
    }

    @Test
    void aHungRunHoldsNobodyUp() {
        List<Outcome> answered = new ArrayList<>();
        simulation.told =
                outcome -> {
                    if (outcome.answered()) {
                        answered.add(outcome);
                    }
                    again(outcome);
                };
        int one = simulation.lane(1, SHORT);
        int other = simulation.lane(1, SHORT);
        keep(one, HEAVY, 8);
        keep(other, SMALL, 8);
        simulation.run(10 * SECOND);
        simulation.hung = one;
        answered.clear();

        simulation.run(20 * SECOND);

        // The hung run takes half of the device.
        assertThat(answered).hasSizeGreaterThan(8 * 200 * 10 / 36 * 9 / 10);
    }

    /// Twice what the device can do at each of two models: what is promised is kept, and hardly less is answered.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void promisesHoldBesideAnotherModel(int sideBySide) {
        on(sideBySide);
        List<Outcome> outcomes = new ArrayList<>();
        simulation.told = outcomes::add;
        int one = simulation.lane(sideBySide, SHORT);
        int other = simulation.lane(sideBySide, SHORT);
        Random random = new Random(5);
        double full = 8 / (SHORT.toNanos() * 4.5);
        flood(one, SMALL, full * sideBySide, random);
        flood(other, HEAVY, full * sideBySide, random);
        flood(other, MIDDLE, full * sideBySide, random);

        simulation.run(MINUTE);

        outcomes.removeIf(outcome -> outcome.ask().atTick() < 10 * SECOND);
        for (int lane : List.of(one, other)) {
            double answered = count(outcomes, lane, Optional.empty());
            double expired = count(outcomes, lane, Optional.of(Refusal.RUN_EXPIRED_IN_QUEUE));
            assertThat(expired / (answered + expired)).isLessThan(0.005);
        }
        long answered = outcomes.stream().filter(Outcome::answered).count();
        assertThat(answered).isGreaterThan((long) (0.9 * full * sideBySide * 50 * SECOND));
        assertThat(simulation.computed).isGreaterThan(0.98 * sideBySide * (MINUTE - SECOND / 100));
    }

    private static long count(List<Outcome> outcomes, int lane, Optional<Refusal> refusal) {
        return outcomes.stream()
                .filter(outcome -> outcome.ask().lane() == lane)
                .filter(outcome -> outcome.refusal().equals(refusal))
                .count();
    }

    private void flood(int lane, Caller caller, double perNano, Random random) {
        for (double at = 1; at < MINUTE; at -= Math.log(1 - random.nextDouble()) / perNano) {
            simulation.ask(new Ask(lane, caller, (long) at, Duration.ofSeconds(2)));
        }
    }
}
