package dev.kiln.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.Simulation.Ask;
import dev.kiln.core.Simulation.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who is answered where many ask for texts of one, four and ten sentences, each call anew once the last is over; in virtual
/// time.
@Timeout(300)
class LendingTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final BatchPolicy POLICY = new BatchPolicy(32, 5_400, 0.2, Duration.ZERO);

    private enum Kind {
        SHORT,
        MIDDLE,
        LONG,
        HUGE;

        static Kind of(Ask ask) {
            int cost = ask.costs().getFirst();
            return cost < 150 ? SHORT : cost < 400 ? MIDDLE : cost < 1_000 ? LONG : HUGE;
        }
    }

    private static final class Count {
        private int answered;
        private int refused;
        private int late;

        void add(Outcome outcome) {
            boolean no = outcome.refusal().isPresent();
            answered += !no && !outcome.late() ? 1 : 0;
            refused += no ? 1 : 0;
            late += !no && outcome.late() ? 1 : 0;
        }
    }

    private final Random random = new Random(1);
    private final Simulation simulation = new Simulation(Sharing.equal(), 1, 1, POLICY);
    private final Map<Kind, Count> counts = new EnumMap<>(Kind.class);

    LendingTest() {
        simulation.noise = 0.16;
        for (int items = 1; items <= POLICY.maxItems(); items *= 2) {
            for (int cost = 20; cost <= 1_000; cost += 20) {
                long padded = (long) items * cost;
                simulation.curve.learn(items, padded, (long) Simulation.truth(items, padded));
            }
        }
        for (Kind kind : Kind.values()) {
            counts.put(kind, new Count());
        }
    }

    @AfterEach
    void close() {
        simulation.close();
    }

    /// Six in ten of one sentence, three of four, one of ten: some 3, 13 and 34 ms.
    private static int mixed(Random random) {
        int kind = random.nextInt(10);
        return (int) ((0.6 + 0.8 * random.nextDouble()) * (kind < 6 ? 70 : kind < 9 ? 250 : 680));
    }

    /// So many callers, each with so many calls at once.
    private void callers(String name, int count, int inFlight, ToIntFunction<Random> cost) {
        for (int i = 0; i < count * inFlight; i++) {
            Caller caller = new Caller.KeyHolder(name + i % count);
            simulation.ask(new Ask(caller, 1 + i, List.of(cost.applyAsInt(random)), PATIENCE));
        }
    }

    /// A minute of it, after ten seconds.
    private void run(ToIntFunction<Ask> next) {
        simulation.told =
                outcome -> {
                    if (outcome.endTick() > 10 * SECOND) {
                        of(Kind.of(outcome.ask())).add(outcome);
                    }
                    long pause = outcome.answered() ? 1_000_000 : 30_000_000;
                    Ask last = outcome.ask();
                    simulation.ask(
                            new Ask(
                                    last.caller(),
                                    outcome.endTick() + pause,
                                    List.of(next.applyAsInt(last)),
                                    PATIENCE));
                };
        simulation.run(70 * SECOND);
    }

    private Count of(Kind kind) {
        return Objects.requireNonNull(counts.get(kind));
    }

    private int answered(Kind kind) {
        return of(kind).answered;
    }

    private int answered() {
        return counts.values().stream().mapToInt(count -> count.answered).sum();
    }

    private int refused() {
        return counts.values().stream().mapToInt(count -> count.refused).sum();
    }

    /// All of it would be done within a second: 64 calls of 9 ms.
    @Test
    void whereAllHaveOneCallHardlyAnyIsRefusedForItsLength() {
        callers("one", 64, 1, LendingTest::mixed);

        run(_ -> mixed(random));

        // 28 % of all when a call was held against its caller's share, and four in five of the long
        // ones.
        assertThat((double) refused() / (answered() + refused())).isLessThan(0.15);
        assertThat((double) answered(Kind.LONG) / answered()).isBetween(0.05, 0.12);
    }

    /// None of the long was answered, and one in a thousand of the middle, when short ones within a caller's share went up to
    /// the deadline.
    @Test
    void whereAllAskForMoreThanThereIsEveryLengthIsAnswered() {
        callers("six", 64, 6, LendingTest::mixed);

        run(_ -> mixed(random));

        assertThat((double) answered(Kind.LONG) / answered()).isBetween(0.02, 0.12);
        assertThat((double) answered(Kind.MIDDLE) / answered()).isBetween(0.15, 0.35);
        assertThat(of(Kind.LONG).late * 200).isLessThan(answered());
    }

    /// Nearly a second of work in one call, half of what its deadline leaves.
    @Test
    void aHugeCallGetsItsTurnAndTheOthersTheirs() {
        callers("huge", 3, 1, _ -> 18_000);
        callers("short", 10, 1, _ -> 70);

        run(last -> last.costs().getFirst());

        // Their share is 3 of 13; none was ever let in.
        assertThat(answered(Kind.HUGE) * 0.9 / 60).isBetween(0.15, 0.5);
        assertThat(answered(Kind.SHORT)).isGreaterThan(60 * 100);
        assertThat(of(Kind.SHORT).refused).isLessThan(answered(Kind.SHORT) / 100);
    }

    @Test
    void whoAsksForLittleIsNotShutOutByThoseWhoAskForMuch() {
        callers("large", 10, 1, _ -> 4_000);
        callers("short", 10, 1, _ -> 70);

        run(last -> last.costs().getFirst());

        assertThat(of(Kind.SHORT).refused).isLessThan(answered(Kind.SHORT) / 10);
        assertThat(answered(Kind.SHORT)).isGreaterThan(60 * 7);
    }
}
