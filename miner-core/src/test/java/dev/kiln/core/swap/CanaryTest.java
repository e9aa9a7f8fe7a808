package dev.kiln.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kiln.core.BatchPolicy;
import dev.kiln.core.Lane;
import dev.kiln.core.LaneSettings;
import dev.kiln.core.Stages;
import dev.kiln.core.Ticket;
import dev.kiln.core.Time;
import dev.kiln.core.Trial.Seen;
import dev.kiln.core.model.ModelOutput;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CanaryTest {
    private final Lane candidate =
            Lane.start(
                    new StillAdapter(),
                    new LaneSettings(new BatchPolicy(1, 1, 1, Duration.ZERO), 1, 1),
                    Time.SYSTEM);
    private final AtomicInteger condemned = new AtomicInteger();

    @AfterEach
    void close() {
        candidate.close();
    }

    private Canary canary(double percent, double slowdown) {
        return new Canary(
                List.of(candidate),
                new Canary.Rules(percent, slowdown),
                _ -> condemned.incrementAndGet());
    }

    private static Seen seen(boolean onCandidate, boolean retried, float value, double millis) {
        var output = new ModelOutput.Embedding(new float[] {value}, 1, false);
        var ran = new Ticket.Ran(List.of(output), 1, Stages.NONE);
        return new Seen(
                onCandidate, retried, List.of(), Optional.of(ran), Math.round(millis * 1e6));
    }

    private static Seen failed() {
        return new Seen(true, false, List.of(), Optional.empty(), 1);
    }

    @Test
    void theShareOfCallsIsAsToldAndTheSameCallFallsTheSameWay() {
        Canary canary = canary(10, 2);

        long chosen =
                LongStream.range(0, 100_000).filter(id -> !canary.instead(id).isEmpty()).count();

        assertThat(chosen).isBetween(9_500L, 10_500L);
        assertThat(canary.instead(7)).isEqualTo(canary.instead(7));
        assertThat(canary(100, 2).instead(1)).isNotEmpty();
    }

    @Test
    void threeCallsThatFailOnItAloneCondemnIt() {
        Canary canary = canary(100, 2);
        for (int i = 0; i < 3; i++) {
            assertThat(condemned).hasValue(0);
            assertThat(canary.instead(i)).isNotEmpty();
            assertThat(canary.usable(failed())).isFalse();
            canary.usable(seen(false, true, 1, 1));
        }

        assertThat(condemned).hasValue(1);
        assertThat(canary.instead(1)).isEmpty();
        assertThat(canary.report().touched()).isEqualTo(3);
        assertThat(canary.report().verdict().orElseThrow()).startsWith("3 calls failed on it");
        canary.usable(failed());
        canary.usable(seen(false, true, 1, 1));
        assertThat(condemned).hasValue(1);
    }

    @Test
    void callsThatFailOnBothSayNothingOfIt() {
        Canary canary = canary(100, 2);
        for (int i = 0; i < 100; i++) {
            canary.usable(failed());
        }

        assertThat(condemned).hasValue(0);
    }

    @Test
    void oneNumberThatIsNoneIsEnoughAndReachesNobody() {
        Canary canary = canary(100, 2);

        assertThat(canary.usable(seen(true, false, Float.NaN, 1))).isFalse();
        canary.usable(seen(false, true, 1, 1));

        assertThat(condemned).hasValue(1);
        assertThat(canary.report().verdict().orElseThrow()).contains("NaN");
    }

    @Test
    void numbersThatAreNoneOnBothSayNothingOfIt() {
        Canary canary = canary(100, 2);
        for (int i = 0; i < 10; i++) {
            canary.usable(seen(true, false, Float.NaN, 1));
            canary.usable(seen(false, true, Float.NaN, 1));
        }

        assertThat(condemned).hasValue(0);
    }

    @Test
    void callsThatTakeTooLongCondemnIt() {
        Canary canary = canary(50, 1.5);
        var random = new SplittableRandom(5);
        for (int i = 0; i < 200; i++) {
            canary.usable(seen(false, false, 1, 10 + random.nextDouble() * 5));
            canary.usable(seen(true, false, 1, 30 + random.nextDouble() * 15));
        }

        assertThat(condemned).hasValue(1);
        assertThat(canary.report().verdict().orElseThrow())
                .matches("calls took (3.0|2.9).*p < 0.001.*");
    }

    @Test
    void callsThatTakeAllowedlyLongerDoNot() {
        Canary canary = canary(50, 2);
        var random = new SplittableRandom(5);
        for (int i = 0; i < 5_000; i++) {
            canary.usable(seen(false, false, 1, 10 * Math.exp(random.nextGaussian())));
            canary.usable(seen(true, false, 1, 18 * Math.exp(random.nextGaussian())));
        }

        assertThat(condemned).hasValue(0);
        assertThat(canary.report().candidateMillis().count()).isEqualTo(5_000);
    }
}
