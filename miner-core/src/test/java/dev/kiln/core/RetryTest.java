package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Simulation.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever is refused and comes again when it was told to is let in, unless others came in between. In virtual time.
@Timeout(120)
class RetryTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long MINUTE = 60 * SECOND;
    private static final Caller ONE = new Caller.KeyHolder("one");
    private static final Caller OTHER = new Caller.KeyHolder("other");
    private static final Caller THIRD = new Caller.KeyHolder("third");
    private static final Caller NEW = new Caller.KeyHolder("new");
    private static final Duration LONG = Duration.ofSeconds(50);

    /// Some fourteen full batches; those that wait already leave less.
    private static final Duration SHORT = Duration.ofMillis(450);

    /// Who was refused for what on the first attempt, and on the second.
    private final Map<Refusal, Integer> first = new HashMap<>();

    private final List<Refusal> again = new ArrayList<>();
    private final List<Duration> waits = new ArrayList<>();

    /// Has a lane work off a backlog that is not added to, while one caller asks for something and is refused.
    private void judge(Simulation simulation, List<Ask> backlog, Ask asked) {
        backlog.forEach(simulation::ask);
        simulation.ask(asked);
        simulation.refused =
                (ask, no) -> {
                    if (ask.equals(asked)) {
                        first.merge(no.reason(), 1, Integer::sum);
                        Duration wait = no.retryAfter().orElseThrow();
                        waits.add(wait);
                        long then = ask.atTick() + wait.toNanos();
                        simulation.ask(new Ask(ask.caller(), then, ask.costs(), ask.patience()));
                    } else if (ask.atTick() > asked.atTick()) {
                        again.add(no.reason());
                    }
                };
        simulation.run(MINUTE);
        simulation.close();
    }

    private static List<Ask> backlog(
            Random random, int calls, Duration patience, Caller... callers) {
        List<Ask> backlog = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            Caller caller = callers[random.nextInt(callers.length)];
            backlog.add(new Ask(caller, 1 + i, List.of(10 + random.nextInt(60)), patience));
        }
        return backlog;
    }

    private static Simulation simulation(int seed, int loops, long maxCost) {
        var simulation = new Simulation(Sharing.equal(), seed, loops, Simulation.POLICY, maxCost);
        simulation.teach();
        return simulation;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void forALaneThatIsTooFullOfTokens(int loops) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<Ask> backlog = backlog(random, 100, LONG, ONE, OTHER);
            List<Integer> costs = costs(random);
            judge(
                    simulation(seed, loops, 2_000),
                    backlog,
                    new Ask(ONE, 1_000, costs, Duration.ofSeconds(30)));
        }

        assertThat(first).containsOnlyKeys(Refusal.LIMIT_QUEUE_FULL);
        assertThat(first.get(Refusal.LIMIT_QUEUE_FULL)).isGreaterThan(25);
        assertThat(again).isEmpty();
        // Neither is it told to wait until all is over, which takes a fifth of a second and more.
        assertThat(waits).anyMatch(wait -> wait.compareTo(Duration.ofMillis(100)) < 0);
    }

    private static List<Integer> costs(Random random) {
        List<Integer> costs = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            costs.add(10 + random.nextInt(60));
        }
        return costs;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void forADeadlineThatCannotBeMet(int loops) {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<Integer> many = new ArrayList<>();
            for (int i = 0; i < 30 * loops; i++) {
                many.add(10 + random.nextInt(60));
            }
            judge(
                    simulation(seed, loops, 1_000_000),
                    backlog(random, 300, SHORT, ONE, OTHER, THIRD),
                    new Ask(seed % 2 == 0 ? ONE : NEW, 1_000, many, SHORT));
        }

        assertThat(first.getOrDefault(Refusal.LIMIT_WOULD_MISS_DEADLINE, 0)).isGreaterThan(25);
        assertThat(again).isEmpty();
    }

    @Test
    void forACallerThatHasMoreThanItsShareWaiting() {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            judge(
                    simulation(seed, 1, 1_000_000),
                    backlog(random, 300, SHORT, ONE, ONE, ONE, OTHER),
                    new Ask(ONE, 1_000, costs(random), SHORT));
        }

        assertThat(first.getOrDefault(Refusal.LIMIT_QUEUE_FULL, 0)).isGreaterThan(25);
        assertThat(again).isEmpty();
        assertThat(waits).allMatch(wait -> wait.compareTo(SHORT) < 0);
    }
}
