package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Simulation.Ask;
import dev.kiln.core.Simulation.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// How often a lane is wrong about what it can answer in time, judged afterwards by one who has seen everything. In
/// virtual time, at twice the load that can be answered, with an engine whose runs stray by a sixth.
@Timeout(300)
class OracleTest {
    private static final long SECOND = 1_000_000_000L;
    private static final List<Caller> CALLERS =
            List.of(
                    new Caller.KeyHolder("a"),
                    new Caller.KeyHolder("b"),
                    new Caller.KeyHolder("c"));

    private record Wrong(int admitted, int late, int arrived, int refusedWithoutNeed) {}

    /// The oracle: a refusal was without need if the engine, as it really ran, then stood idle for long enough to run
    /// the call before it was due.
    private static Wrong judge(long seed, double perSecond) {
        var simulation = new Simulation(Sharing.equal(), seed);
        simulation.noise = 0.16;
        Random random = new Random(seed);
        List<Outcome> outcomes = new ArrayList<>();
        simulation.told = outcomes::add;
        double at = 1;
        while (at < 60 * SECOND) {
            at += -Math.log(1 - random.nextDouble()) * SECOND / perSecond;
            List<Integer> costs = new ArrayList<>();
            int items = random.nextInt(10) == 0 ? 1 + random.nextInt(12) : 1;
            for (int i = 0; i < items; i++) {
                costs.add(10 + random.nextInt(60));
            }
            Caller caller = CALLERS.get(random.nextInt(CALLERS.size()));
            Duration patience = Duration.ofMillis(300 + random.nextInt(3_000));
            simulation.ask(new Ask(caller, (long) at, costs, patience));
        }
        simulation.run(70 * SECOND);
        simulation.close();
        int admitted = 0;
        int late = 0;
        int withoutNeed = 0;
        for (Outcome outcome : outcomes) {
            boolean refused =
                    outcome.refusal().filter(no -> no.name().startsWith("LIMIT_")).isPresent();
            admitted += refused ? 0 : 1;
            late += !refused && outcome.late() ? 1 : 0;
            withoutNeed += refused && idleFor(outcome.ask(), simulation.idle) ? 1 : 0;
        }
        return new Wrong(admitted, late, outcomes.size(), withoutNeed);
    }

    private static boolean idleFor(Ask ask, List<long[]> idle) {
        long due = ask.atTick() + ask.patience().toNanos();
        double needed = 0;
        for (int cost : ask.costs()) {
            needed += Simulation.truth(8, 8L * cost) / 8;
        }
        double found = 0;
        for (long[] span : idle) {
            found += Math.max(0, Math.min(span[1], due) - Math.max(span[0], ask.atTick()));
        }
        return found > needed;
    }

    @Test
    void atTwiceTheLoadFewPromisesAreBrokenAndFewCallsRefusedWithoutNeed() {
        int admitted = 0;
        int late = 0;
        int arrived = 0;
        int withoutNeed = 0;
        for (int seed = 0; seed < 5; seed++) {
            Wrong wrong = judge(seed, 390);
            admitted += wrong.admitted();
            late += wrong.late();
            arrived += wrong.arrived();
            withoutNeed += wrong.refusedWithoutNeed();
        }
        System.getLogger("oracle")
                .log(
                        System.Logger.Level.INFO,
                        "%d of %d admitted were late, %d of %d refused were so without need"
                                .formatted(late, admitted, withoutNeed, arrived - admitted));

        assertThat(admitted).isBetween(arrived / 3, arrived * 2 / 3);
        assertThat((double) late / admitted).isLessThan(0.005);
        assertThat((double) withoutNeed / (arrived - admitted)).isLessThan(0.02);
    }

    /// Near the load that can be answered there is idle time to find, and refusals to regret.
    @Test
    void belowTheLoadThatCanBeAnsweredHardlyAnythingIsRefused() {
        Wrong wrong = judge(7, 120);

        assertThat((double) wrong.late() / wrong.admitted()).isLessThan(0.005);
        assertThat((double) wrong.refusedWithoutNeed() / wrong.arrived()).isLessThan(0.02);
    }
}
